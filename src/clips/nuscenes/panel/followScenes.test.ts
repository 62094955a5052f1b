import { expect, test, vi } from 'vitest';
import type { SceneEntry } from '../rootIndex.ts';
import type { SceneClip } from '../sceneClip.ts';
import { followScenes } from './followScenes.ts';

const sceneOf = (name: string) => ({ name }) as SceneEntry;
const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Scenes that are opened by hand. */
function follow() {
  const said: string[] = [];
  const waiting = new Map<string, { open(faults?: string[]): Promise<void>; fail(): Promise<void> }>();
  const openScene = vi.fn(
    ({ name }: SceneEntry) =>
      new Promise<SceneClip>((resolve, reject) => {
        const clip = { id: name, close: () => said.push(`${name} let go`) };
        waiting.set(name, {
          async open(faults = []) {
            resolve({ clip, faults } as unknown as SceneClip);
            await settle();
          },
          async fail() {
            reject(new Error(`${name} is broken`));
            await settle();
          },
        });
      }),
  );
  let doubtful: SceneClip | null = null;
  const follower = followScenes({
    openScene,
    openClip: async ({ id }) => void said.push(`${id} shown`),
    close: () => void said.push('closed'),
    onDoubt: (opened) => {
      doubtful = opened;
      if (opened) said.push(`${opened.clip.id} doubted`);
    },
    onFault: (error) => error !== null && said.push((error as Error).message),
  });
  return { follower, said, of: (name: string) => waiting.get(name)!, readDoubtful: () => doubtful! };
}

test('the scene that was chosen last is shown, whichever is ready first', async () => {
  const { follower, said, of } = follow();
  follower.choose(sceneOf('slow'));
  follower.choose(sceneOf('quick'));
  await of('quick').open();
  await of('slow').open();
  expect(said).toEqual(['quick shown', 'closed', 'slow let go']);
});

test('a double click opens a scene once', async () => {
  const { follower, said, of } = follow();
  follower.choose(sceneOf('a'));
  const first = of('a');
  follower.choose(sceneOf('a'));
  await first.open();
  await of('a').open();
  expect(said).toEqual(['a let go', 'a shown', 'closed']);
});

test('nothing opens once the panel is gone, and a fault of what was given up is not told', async () => {
  const { follower, said, of } = follow();
  follower.choose(sceneOf('broken'));
  follower.choose(sceneOf('a'));
  await of('broken').fail();
  follower.stop();
  await of('a').open();
  expect(said).toEqual(['a let go']);
  follower.choose(sceneOf('broken'));
  await of('broken').fail();
  expect(said.at(-1)).toBe('broken is broken');
});

test('a scene with faults waits for a person', async () => {
  const { follower, said, of, readDoubtful } = follow();
  follower.choose(sceneOf('a'));
  await of('a').open(['one pose is missing']);
  expect(said).toEqual(['a doubted']);
  follower.accept(readDoubtful());
  await settle();
  expect(said).toEqual(['a doubted', 'a shown', 'closed']);
});
