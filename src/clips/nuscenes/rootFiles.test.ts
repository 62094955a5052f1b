import { expect, test } from 'vitest';
import { treeFromPaths } from '../../opening/fileTrees.ts';
import { findDataRoot } from './rootFiles.ts';

test('a file is found while another, found meanwhile, changes which part is asked first', async () => {
  const names = ['first.jpg', 'second.jpg', 'third.jpg'].map((name) => `samples/CAM_FRONT/${name}`);
  const paths = ['meta/v1.0-mini/sample_data.json', ...names.map((name) => `blobs/${name}`), 'blobs/gts/scene-1/a.npz'];
  const tree = treeFromPaths('data', paths, async (path) => new Blob([path]));
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  // Two look-ups are held up where the root itself is asked, before they come to the part that has their file.
  const held = [names[1]!, 'gts/scene-1'];
  const root = (await findDataRoot({
    name: tree.name,
    async readFile(path) {
      if (held.includes(path)) await gate;
      return await tree.readFile(path);
    },
    async *list(path) {
      if (held.includes(path)) await gate;
      yield* tree.list(path);
    },
  }))!;
  const late = [root.readFile(names[1]!), root.hasFolder('gts/scene-1')] as const;
  expect(await (await root.readFile(names[0]!))!.text()).toBe(`blobs/${names[0]}`);
  letGo();
  expect(await (await late[0])?.text()).toBe(`blobs/${names[1]}`);
  expect(await late[1]).toBe(true);
  expect(await (await root.readFile(names[2]!))!.text()).toBe(`blobs/${names[2]}`);
});
