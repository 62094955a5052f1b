import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PANE_KINDS, type PaneContent } from './paneContent.ts';
import { formatUrlState, OUTCOME_WORDS, parseUrlState, type UrlState } from './urlState.ts';
import { PALETTES } from './viewStore.ts';

const contents: readonly PaneContent[] = [
  ...PANE_KINDS,
  'model:street-base',
  'model:models/own.zip?memory=off',
  'stored:mine.v1',
  'difference@model:street-base?memory=unmoved',
  'flow-error@stored:mine',
  'memory@model:street-base',
];

describe('the address as state', () => {
  test('what is written is read back', () => {
    const states = fc.record<UrlState>(
      {
        clip: fc.stringMatching(/^[\w.-]{1,20}$/),
        model: fc.stringMatching(/^[\w.-]{1,20}$/),
        frame: fc.nat(999_999),
        backend: fc.constantFrom('webgpu', 'cpu'),
        view: fc.constantFrom('birds-eye', 'chase', 'free', 'camera:0', 'camera:5'),
        show: fc.array(fc.constantFrom(...contents), { minLength: 1, maxLength: 4 }),
        widths: fc.constantFrom([50, 50], [20, 30, 50]),
        of: fc.constantFrom('prediction', 'stored:mine', 'model:a?memory=off'),
        beside: fc.constantFrom('stored:mine', 'model:a'),
        memory: fc.constantFrom('off', 'unmoved'),
        outcomes: fc.oneof(fc.constant('none' as const), fc.subarray([...OUTCOME_WORDS], { minLength: 1 })),
        voxels: fc.constantFrom('prediction', 'truth'),
        opacity: fc.nat(100),
        seen: fc.nat(9),
        layout: fc.constant('swipe'),
        cameras: fc.constant('apart'),
        pose: fc.array(
          fc.integer({ min: -9999, max: 9999 }).map((n) => n / 100),
          { minLength: 6, maxLength: 6 },
        ),
        mask: fc.constant('off'),
        metric: fc.constantFrom('miou', 'ray-iou-1', 'mave-tp'),
        height: fc.tuple(fc.nat(15), fc.nat(15)),
        hide: fc.uniqueArray(fc.nat(16), { minLength: 1 }),
        palette: fc.constantFrom(...PALETTES),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(states, (state) => {
        const { state: read, faults } = parseUrlState(formatUrlState(state, ''));
        expect(read).toEqual(state);
        expect(faults).toEqual([]);
      }),
    );
  });

  test('each bad value is left out and named; the rest is kept', () => {
    const { state, faults } = parseUrlState('?frame=-1&backend=gpu&clip=../x&hide=1,x&view=camera:12&palette=occ3d');
    expect(state).toEqual({ palette: 'occ3d' });
    expect(faults.map((fault) => /“(\w+)”/.exec(fault)?.[1]).sort()).toEqual([
      'backend',
      'clip',
      'frame',
      'hide',
      'view',
    ]);
  });

  test('parameters of others stay, empty parts go', () => {
    expect(formatUrlState({ clip: 'a', hide: [] }, '?debug=1&hide=3&clip=b')).toBe('?debug=1&clip=a');
    expect(formatUrlState({}, '?clip=b')).toBe('');
    expect(formatUrlState({ hide: [3, 4], view: 'camera:2' }, '')).toBe('?view=camera:2&hide=3,4');
  });
});
