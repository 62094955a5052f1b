import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Frame } from '../domain/clip.ts';
import type { FileTree } from '../domain/fileTree.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { applyLayout, type StoredVolume } from './applyLayout.ts';
import { listKeys } from './findFiles.ts';
import { openArrays, type StoredArrays } from './openArrays.ts';
import type { StoredLayout } from './storedLayout.ts';

/** How files belong to frames: by a token or time in their path, by the token inside of them, by their number, or in the order of their names. */
export type Matching = 'path' | 'inside' | 'number' | 'order';

/** Finds the file of a frame. */
export type FileFinder = (frame: MatchedFrame) => string | null;

/** What is known of a frame by which files may speak of it. */
export type MatchedFrame = Pick<Frame, 'token' | 'index' | 'names'> & Partial<Pick<Frame, 'timestampMicroseconds'>>;

/** Files by what their path holds: the frame's token, another of its names, or its time in microseconds. */
export function findByPath(paths: readonly string[]): FileFinder {
  // The name itself counts before the folders above it.
  const levels = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()];
  const times = new Map<string, string>();
  for (const path of paths) {
    const keys = listKeys(path);
    for (const [level, key] of keys.entries()) levels[level]?.set(key, path);
    const time = findTime(keys[0]!);
    if (time !== null) times.set(time, path);
  }
  return ({ token, names = [], timestampMicroseconds }) => {
    const words = [token, ...names];
    const named = levels.flatMap((level) => words.flatMap((word) => level.get(word) ?? []));
    return named[0] ?? times.get(`${timestampMicroseconds}`) ?? null;
  };
}

/** A time of microseconds since 1970 in a name, as nuScenes' files have it. */
export function findTime(name: string): string | null {
  return /(?<!\d)\d{16}(?!\d)/.exec(name)?.[0] ?? null;
}

/** Files by the number at the end of their name (`000015.label`, `015_04.npz`), for frames by that of their first image, else by their place. */
export function findByNumber(paths: readonly string[]): FileFinder {
  const numbers = new Map<number, string>();
  for (const path of paths) {
    const number = /(\d{1,9})(?:_0[1-9])?$/.exec(listKeys(path)[0]!)?.[1];
    if (number !== undefined && !numbers.has(Number(number))) numbers.set(Number(number), path);
  }
  return (frame) => numbers.get(findNumber(frame) ?? frame.index) ?? null;
}

/** The number that a frame's own images have, or null. */
export function findNumber({ names = [] }: Pick<Frame, 'names'>): number | null {
  const number = names.filter((name) => !/^[0-9a-f]{32}$/.test(name)).map((name) => /(?<!\d)\d{1,9}$/.exec(name)?.[0]);
  const found = number.find((text) => text !== undefined);
  return found === undefined ? null : Number(found);
}

/** The k-th file belongs to the k-th frame. */
export function findByOrder(paths: readonly string[]): FileFinder {
  return ({ index }) => paths[index] ?? null;
}

/** Files by the token that stands inside of them. */
export function findByToken(tokens: ReadonlyMap<string, string>): FileFinder {
  return ({ token }) => tokens.get(token) ?? null;
}

/** Read the token of every file; each is opened once. Files without one are left out. */
export async function readTokens(
  tree: FileTree,
  paths: readonly string[],
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    signal.throwIfAborted();
    if (index % 20 === 0) onProgress(index);
    const { token } = await readFile(tree, path);
    if (token !== null) tokens.set(token, path);
  }
  return tokens;
}

/** Open one file of a run. Throws `array-file-invalid` or `label-file-invalid`. */
export async function readFile(tree: FileTree, path: string): Promise<StoredArrays> {
  const blob = await tree.readFile(path);
  if (!blob) throw new OccuscopeError('label-file-invalid', { detail: `${path} is no longer there.` });
  return openArrays(new Uint8Array(await blob.arrayBuffer()), path);
}

interface StoredParts {
  readonly tree: FileTree;
  readonly title: string;
  readonly layout: StoredLayout;
  readonly find: FileFinder;
  /** A file that has been read, which says what grid the run has. */
  readonly sample: StoredVolume;
}

/** Predictions of a run as a column of the page. Files are opened when their frame is asked for. */
export function openStored({ tree, title, layout, find, sample }: StoredParts): StoredPredictions {
  let isOpen = true;
  return {
    id: makeId(title),
    title,
    grid: sample.grid,
    classes: OCC3D_CLASSES,
    async read(frame) {
      const path = isOpen ? find(frame) : null;
      if (path === null) return null;
      const { grid, labels, flow } = applyLayout(await readFile(tree, path), layout, path);
      if (grid.size.join() !== sample.grid.size.join())
        throw new OccuscopeError('array-file-invalid', {
          detail: `${path} has ${grid.size.join(' x ')} voxels; the others have ${sample.grid.size.join(' x ')}.`,
        });
      return { labels, flow };
    },
    close() {
      isOpen = false;
    },
  };
}

/** The name in the address: letters, digits, dots and hyphens. */
export function makeId(title: string): string {
  return title.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'stored';
}
