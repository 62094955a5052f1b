import { useEffect, useMemo, useState } from 'react';
import type { Clip } from '../../domain/clip.ts';
import type { FileTree } from '../../domain/fileTree.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import { settleByTruth } from '../compareWithTruth.ts';
import { type FoundFiles, findFiles, listKeys } from '../findFiles.ts';
import { guessLayout, type LayoutGuess } from '../guessLayout.ts';
import type { StoredArrays } from '../openArrays.ts';
import {
  type FileFinder,
  findByNumber,
  findByOrder,
  findByPath,
  findByToken,
  findNumber,
  findTime,
  type Matching,
  readFile,
  readTokens,
} from '../openStored.ts';
import { describeSort, recallLayout } from '../rememberLayout.ts';

/** A file of the run, opened as the example that the guess rests on. */
export interface Example {
  readonly path: string;
  readonly arrays: StoredArrays;
  readonly guess: LayoutGuess;
  readonly sort: string;
}

/** Which files belong to which frames of the clip that is open. */
export interface RunMatch {
  readonly matching: Matching;
  readonly find: FileFinder;
  /** Frames of the open clip that have a file. */
  readonly frames: number;
}

export interface Scan {
  readonly entries: number;
  readonly found: FoundFiles | null;
  readonly error: unknown;
}

/** Looks through the tree once. */
export function useScan(tree: FileTree): Scan {
  const [scan, setScan] = useState<Scan>({ entries: 0, found: null, error: null });
  useEffect(() => {
    const abort = new AbortController();
    findFiles(tree, (entries) => setScan((before) => ({ ...before, entries })), abort.signal).then(
      (found) => setScan({ entries: 0, found, error: null }),
      (error: unknown) => {
        if (!abort.signal.aborted) setScan({ entries: 0, found: null, error });
      },
    );
    return () => abort.abort();
  }, [tree]);
  return scan;
}

/** Match by tokens in paths where that finds anything, else by the numbers of images, else by order, unless a person chose. */
export function useMatch(
  tree: FileTree,
  paths: readonly string[],
  chosen: Matching | null,
): { match: RunMatch; read: number | null; fault: unknown } {
  const clip = usePageState('clip', (state) => state.clip);
  const [tokens, setTokens] = useState<ReadonlyMap<string, string> | null>(null);
  const [read, setRead] = useState<number | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  useEffect(() => {
    setFault(null);
    if (chosen !== 'inside') return;
    const abort = new AbortController();
    readTokens(tree, paths, setRead, abort.signal).then(
      (found) => {
        setTokens(found);
        setRead(null);
      },
      (error: unknown) => {
        setRead(null);
        if (!abort.signal.aborted) setFault(error);
      },
    );
    return () => abort.abort();
  }, [tree, paths, chosen]);
  const match = useMemo((): RunMatch => {
    const byPath = findByPath(paths);
    const byNumber = findByNumber(paths);
    const isNumbered = clip?.frames.every((frame) => findNumber(frame) !== null) && countFrames(clip, byNumber) > 0;
    const guess = hasTokens(paths) || countFrames(clip, byPath) > 0 ? 'path' : isNumbered ? 'number' : 'order';
    const matching = chosen ?? guess;
    const inside = findByToken(tokens ?? new Map());
    const find = { path: byPath, inside, number: byNumber, order: findByOrder(paths) }[matching];
    return { matching, find, frames: countFrames(clip, find) };
  }, [clip, paths, chosen, tokens]);
  return { match, read, fault };
}

/** Whether the paths hold nuScenes tokens or times: files of other scenes must not be taken for frames by their order. */
function hasTokens(paths: readonly string[]): boolean {
  return paths.slice(0, 20).some((path) => {
    const keys = listKeys(path);
    return keys.some((key) => /^[0-9a-f]{32}$/.test(key)) || findTime(keys[0]!) !== null;
  });
}

function countFrames(clip: Clip | null, find: FileFinder): number {
  return clip?.frames.reduce((count, frame) => count + Number(find(frame) !== null), 0) ?? 0;
}

/** Opens the file of the frame on screen, or the first, and guesses how to read it. */
export function useExample(tree: FileTree, paths: readonly string[], find: FileFinder) {
  const { session, stores } = usePage();
  const [state, setState] = useState<{ example: Example | null; error: unknown }>({ example: null, error: null });
  useEffect(() => {
    let isCurrent = true;
    const first = paths[0];
    if (first === undefined) return;
    const { clip } = stores.clip.getState();
    const here = stores.playback.getState().frameIndex;
    const frame = [clip?.frames[here], ...(clip?.frames ?? [])].find((candidate) => candidate && find(candidate));
    const path = (frame && find(frame)) ?? first;
    const open = async () => {
      const arrays = await readFile(tree, path);
      let guess = guessLayout(arrays, path, clip?.grid ?? null);
      const sort = describeSort(arrays, guess.layout);
      const kept = await recallLayout(sort);
      // A grid that was another clip's says nothing here.
      if (kept && kept.grid !== 'clip')
        guess = { layout: kept, reasons: ['You chose this for files of the same sort before.'] };
      else if (frame && clip?.hasTruth && clip.classes.id === 'occ3d') {
        // Truth that cannot be read says nothing of these files; it is told of where it is drawn.
        const truth = await session.openTruth(frame.index).catch(() => null);
        if (truth) guess = settleByTruth(guess, arrays, path, { ...truth, grid: clip.grid, free: clip.classes.free });
      }
      return { path, arrays, guess, sort };
    };
    open().then(
      (example) => isCurrent && setState({ example, error: null }),
      (error: unknown) => isCurrent && setState({ example: null, error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [tree, paths, find, session, stores]);
  return state;
}
