import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addPane, changePane, createPanes, movePane, type Pane, removePane, resizePanes } from './panes.ts';

const contentsOf = (panes: readonly Pane[]) => panes.map(({ content }) => content);
const sumShares = (panes: readonly Pane[]) => panes.reduce((sum, { share }) => sum + share, 0);

describe('panes', () => {
  test('new panes show what is not shown yet, up to four', () => {
    let panes: readonly Pane[] = createPanes(['prediction']);
    panes = addPane(addPane(addPane(panes)));
    expect(contentsOf(panes)).toEqual(['prediction', 'truth', 'difference', 'flow-error']);
    expect(addPane(panes)).toBe(panes);
    expect(panes.map(({ share }) => share)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('the last pane cannot be removed; others give their width away', () => {
    const [only] = createPanes(['truth']);
    expect(removePane([only!], only!.key)).toEqual([only]);
    const two = removePane(changePane(createPanes(['prediction', 'truth', 'difference']), 0, { share: 1 / 3 }), 1);
    expect(two.map(({ share }) => share)).toEqual([0.5, 0.5]);
  });

  test('moving keeps keys and order of the others', () => {
    const panes = createPanes(['prediction', 'truth', 'difference']);
    expect(contentsOf(movePane(panes, 2, 0))).toEqual(['difference', 'prediction', 'truth']);
    expect(contentsOf(movePane(panes, 0, 9))).toEqual(['truth', 'difference', 'prediction']);
    expect(movePane(panes, 1, 1)).toBe(panes);
  });

  test('an edge moves between its two panes only, and neither vanishes', () => {
    const panes = createPanes(['prediction', 'truth', 'difference', 'flicker']);
    expect(resizePanes(panes, 1, 0.05).map(({ share }) => share)).toEqual([0.25, 0.3, 0.2, 0.25]);
    expect(resizePanes(panes, 0, -9)[0]!.share).toBeCloseTo(0.12);
    expect(resizePanes(panes, 3, 0.1)).toBe(panes);
  });

  test('whatever is done, keys are unique and widths fill the row', () => {
    const step = fc.oneof(
      fc.constant((panes: readonly Pane[]) => addPane(panes)),
      fc.nat(9).map((key) => (panes: readonly Pane[]) => removePane(panes, key)),
      fc.tuple(fc.nat(9), fc.nat(4)).map(
        ([key, to]) =>
          (panes: readonly Pane[]) =>
            movePane(panes, key, to),
      ),
      fc.tuple(fc.nat(3), fc.double({ min: -1, max: 1, noNaN: true })).map(
        ([edge, change]) =>
          (panes: readonly Pane[]) =>
            resizePanes(panes, edge, change),
      ),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const panes = steps.reduce<readonly Pane[]>((now, change) => change(now), createPanes(['prediction']));
        expect(new Set(panes.map(({ key }) => key)).size).toBe(panes.length);
        expect(sumShares(panes)).toBeCloseTo(1, 9);
        expect(Math.min(...panes.map(({ share }) => share))).toBeGreaterThan(0.05);
      }),
    );
  });
});
