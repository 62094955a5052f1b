import { expect, test, vi } from 'vitest';
import type { FileTree } from '../domain/fileTree.ts';
import { treeFromPaths } from './fileTrees.ts';
import { followHandOver, type Step } from './followHandOver.ts';
import type { Opener } from './opener.ts';

const makeTree = (name: string) => treeFromPaths(name, [`${name}.txt`, 'other.txt'], async () => new Blob());
const makeOpener = (kind: string): Opener => ({
  kind,
  title: kind,
  recognise: async () => 1,
  loadPanel: async () => () => null,
});

/** A follower over trees that are settled by hand. */
function follow(scores: Record<string, number>) {
  const steps: Step[] = [];
  const fits = Object.entries(scores).map(([kind, score]) => ({ opener: makeOpener(kind), score }));
  const follower = followHandOver(
    (step) => steps.push(step),
    async () => fits,
  );
  const handOver = (name: string) => {
    let settle: (tree: FileTree) => void = () => undefined;
    let signal: AbortSignal | null = null;
    follower.lookAt((given) => {
      signal = given;
      return new Promise((resolve) => {
        settle = resolve;
      });
    }, `Looking at ${name}`);
    return { finish: () => settle(makeTree(name)), signal: signal! as AbortSignal };
  };
  return { follower, steps, handOver };
}

test('the kind that clearly fits has its panel, and of several a person chooses', async () => {
  const clear = follow({ clip: 1, stored: 0.2 });
  clear.handOver('drive').finish();
  await vi.waitFor(() => expect(clear.steps.at(-1)).toMatchObject({ name: 'panel', kind: 'clip' }));
  expect(clear.steps.map(({ name }) => name)).toEqual(['look', 'look', 'panel']);
  const open = follow({ clip: 0.6, stored: 0.5 });
  open.handOver('drive').finish();
  await vi.waitFor(() => expect(open.steps.at(-1)).toMatchObject({ name: 'choose' }));
  open.follower.choose(makeOpener('stored'), makeTree('drive'));
  await vi.waitFor(() => expect(open.steps.at(-1)).toMatchObject({ name: 'panel', kind: 'stored' }));
});

test('what is handed over later wins, also where what came before is ready last', async () => {
  const { steps, handOver } = follow({ clip: 1 });
  const first = handOver('first');
  const second = handOver('second');
  expect(first.signal.aborted).toBe(true);
  second.finish();
  await vi.waitFor(() => expect(steps.at(-1)).toMatchObject({ name: 'panel', tree: { name: 'second' } }));
  const shown = steps.length;
  first.finish();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(steps).toHaveLength(shown);
});

test('nothing is shown once it is stopped, and what is under way hears of it', async () => {
  const { follower, steps, handOver } = follow({ clip: 1 });
  const { finish, signal } = handOver('drive');
  follower.stop();
  expect(signal.aborted).toBe(true);
  finish();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(steps.map(({ name }) => name)).toEqual(['look']);
});

test('what fits nothing, and what fails, is told; then it is asked again', async () => {
  const { follower, steps, handOver } = follow({});
  handOver('letters').finish();
  await vi.waitFor(() => expect(steps.at(-1)).toMatchObject({ name: 'failed', fault: { code: 'nothing-to-open' } }));
  expect(steps.at(-1)).toMatchObject({ fault: { detail: 'letters: It holds letters.txt, other.txt.' } });
  const lookAt = async (tree: FileTree, detail: string) => {
    follower.lookAt(async () => tree, 'Looking');
    await vi.waitFor(() => expect(steps.at(-1)).toMatchObject({ fault: { detail: expect.stringContaining(detail) } }));
  };
  const nothing = treeFromPaths('nothing', [], async () => null);
  await lookAt(nothing, 'nothing: It is empty.');
  await lookAt({ ...nothing, isUnlisted: true }, 'nothing: Its server lists no folders');
  follower.restart();
  await vi.waitFor(() => expect(steps.at(-1)).toEqual({ name: 'ask' }));
  follower.fail(new Error('no permission'));
  await vi.waitFor(() => expect(steps.at(-1)).toMatchObject({ name: 'failed', fault: { detail: 'no permission' } }));
});
