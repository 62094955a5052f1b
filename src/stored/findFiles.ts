import type { FileTree } from '../domain/fileTree.ts';
import { findKind } from './openArrays.ts';

/** Files of one sort: names that differ in numbers and tokens alone. */
export interface FileGroup {
  /** The last two parts of the path with what varies as …; for people. */
  readonly pattern: string;
  readonly paths: readonly string[];
}

export interface FoundFiles {
  /** Most files first. */
  readonly groups: readonly FileGroup[];
  /** Pickles and archives of pickles: seen and not opened. */
  readonly pickles: readonly string[];
  readonly isCut: boolean;
}

/** More than every key frame of nuScenes trainval, in one folder per frame. */
const mostEntries = 100_000;
const deepest = 8;

/** Look through a tree for stored predictions, breadth first; nothing is opened. */
export async function findFiles(
  tree: FileTree,
  onProgress: (entries: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<FoundFiles> {
  const groups = new Map<string, string[]>();
  const pickles: string[] = [];
  let entries = 0;
  const folders: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = folders.shift(); next && entries < mostEntries; next = folders.shift()) {
    for await (const { name, kind } of tree.list(next.path)) {
      signal?.throwIfAborted();
      entries += 1;
      if (entries % 500 === 0) onProgress(entries);
      if (entries >= mostEntries) break;
      const path = next.path ? `${next.path}/${name}` : name;
      if (kind === 'folder') {
        if (next.depth < deepest && !name.startsWith('.') && name !== '__MACOSX')
          folders.push({ path, depth: next.depth + 1 });
      } else if (findKind(name)) {
        const pattern = describePattern(path);
        const known = groups.get(pattern);
        if (known) known.push(path);
        else groups.set(pattern, [path]);
      } else if (/\.(pkl|pickle|gz)$/i.test(name)) pickles.push(path);
    }
  }
  const list = [...groups].map(([pattern, paths]) => ({ pattern, paths: paths.sort(compareNaturally) }));
  return {
    groups: list.sort((a, b) => rate(b) - rate(a)),
    pickles,
    isCut: entries >= mostEntries,
  };
}

/** Predictions come before what else lies beside them. */
function rate({ pattern, paths }: FileGroup): number {
  return (
    paths.length *
    (/pred/i.test(pattern) ? 4 : /^velodyne\//i.test(pattern) ? 0.01 : /\.bin$|flow|mask/i.test(pattern) ? 0.25 : 1)
  );
}

/** 2 comes before 10. */
const { compare: compareNaturally } = new Intl.Collator('en', { numeric: true });

/** `results/scene-0103/3e87….npz` is `scene-…/….npz`: what varies from file to file is left out. */
export function describePattern(path: string): string {
  const parts = path.split('/').slice(-2);
  return parts.map((part) => part.replace(/[0-9a-f]{32}|\d+/gi, '…')).join('/');
}

/** Words of a path that may be a frame's token: its name without extension, then the folders above, nearest first. */
export function listKeys(path: string): string[] {
  const parts = path.split('/').reverse();
  parts[0] = parts[0]!.replace(/\.\w+$/, '');
  return parts.slice(0, 3);
}
