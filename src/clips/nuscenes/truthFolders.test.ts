import { expect, test } from 'vitest';
import type { DataRoot } from './rootFiles.ts';
import { listSurroundOccPaths } from './truthFolders.ts';

function makeRoot(hasFolder: DataRoot['hasFolder']): DataRoot {
  return { name: 'data', versions: [], readTables: async () => ({}), readFile: async () => null, hasFolder };
}

test('folders are looked for once, and again after a look that failed', async () => {
  let looks = 0;
  let isBroken = true;
  const root = makeRoot(async (folder) => {
    looks += 1;
    if (isBroken) throw new DOMException('The folder could not be read.', 'NotReadableError');
    return folder === 'nuscenes_occ/samples';
  });
  const both = [listSurroundOccPaths(root, 'a/1.pcd.bin'), listSurroundOccPaths(root, 'a/2.pcd.bin')];
  for (const path of both) await expect(path).rejects.toThrow('could not be read');
  isBroken = false;
  expect(await listSurroundOccPaths(root, 'a/1.pcd.bin')).toEqual(['nuscenes_occ/samples/1.pcd.bin.npy']);
  const after = looks;
  expect(await listSurroundOccPaths(root, 'a/2.pcd.bin')).toEqual(['nuscenes_occ/samples/2.pcd.bin.npy']);
  expect(looks, 'known from then on').toBe(after);
});
