import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Frame } from '../domain/clip.ts';
import type { FileTree } from '../domain/fileTree.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { applyLayout, type StoredVolume } from './applyLayout.ts';
import { listKeys } from './findFiles.ts';
import { openArrays, type StoredArrays } from './openArrays.ts';
import type { StoredLayout } from './storedLayout.ts';

/** How files belong to frames: by a token in their path, by the token inside of them, or in the order of their names. */
export type Matching = 'path' | 'inside' | 'order';

/** Finds the file of a frame. */
export type FileFinder = (frame: Pick<Frame, 'token' | 'index'>) => string | null;

/** Files by the token that their path holds. */
export function findByPath(paths: readonly string[]): FileFinder {
  // The name itself counts before the folders above it.
  const levels = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()];
  for (const path of paths) {
    for (const [level, key] of listKeys(path).entries()) levels[level]?.set(key, path);
  }
  return ({ token }) => levels.map((level) => level.get(token)).find((path) => path !== undefined) ?? null;
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
function makeId(title: string): string {
  return title.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'stored';
}
