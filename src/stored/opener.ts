import type { FileTree, FileTreeEntry } from '../domain/fileTree.ts';
import type { Opener } from '../opening/opener.ts';
import { findKind } from './openArrays.ts';

/** Entries that are looked at in one folder, and folders that are followed. */
const looks = { entries: 200, folders: 3, depth: 6 };

/** Predictions of another program, or ground truth: npz, npy, label or bin files in any folders. */
export const storedOpener: Opener = {
  kind: 'stored',
  title: 'Stored predictions or ground truth',
  async recognise(tree) {
    // Other kinds of things may hold such files too: what names them decides.
    for (const file of ['manifest.json', 'clip.json', 'rig.json']) if (await tree.readFile(file)) return 0;
    const names = await sample(tree);
    const files = names.filter((name) => findKind(name));
    if (files.length === 0) return names.some((name) => /\.(pkl|pickle)$/i.test(name)) ? 0.1 : 0;
    if (names.some((name) => /^(v1\.0-|samples$|velodyne$|image_2$)/.test(name))) return 0.2;
    const isPlain = files.some((name) => /\.(npz|npy|label)$/i.test(name));
    return isPlain ? 0.8 : 0.3;
  },
  loadPanel: async () => (await import('./panel/StoredPanel.tsx')).StoredPanel,
};

/** Names of the first few entries on each level, following the first folders down. */
async function sample(tree: FileTree): Promise<string[]> {
  const names: string[] = [];
  let level = [''];
  for (let depth = 0; depth < looks.depth && level.length > 0; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      for (const { name, kind } of await takeFirst(tree.list(folder), looks.entries)) {
        names.push(name);
        if (kind === 'folder' && below.length < looks.folders) below.push(folder ? `${folder}/${name}` : name);
      }
    }
    level = below;
  }
  return names;
}

async function takeFirst(entries: AsyncIterable<FileTreeEntry>, count: number): Promise<FileTreeEntry[]> {
  const taken: FileTreeEntry[] = [];
  for await (const entry of entries) {
    taken.push(entry);
    if (taken.length >= count) break;
  }
  return taken;
}
