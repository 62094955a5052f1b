import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readTables } from '../../src/clips/nuscenes/readTables.ts';
import { findDataRoot } from '../../src/clips/nuscenes/rootFiles.ts';
import { RIG_ORDER, type RootIndex, type SceneEntry } from '../../src/clips/nuscenes/rootIndex.ts';
import { createDiskTree } from '../support/diskTree.ts';

/** Cameras in the order in which models take them. */
export const CAMERAS = RIG_ORDER;

/** Some scenes of a data root, with the index of its key frames. */
export interface DataRoot {
  readonly folder: string;
  readonly version: string;
  readonly index: RootIndex;
  /** In order of their names. */
  readonly scenes: readonly SceneEntry[];
}

/** Read the tables of a nuScenes-format root, as the page does, for the scenes that `choose` picks from all names. */
export async function readDataRoot(
  folder: string,
  choose: (names: readonly string[]) => readonly string[],
): Promise<DataRoot> {
  const root = await findDataRoot(createDiskTree(folder));
  if (root?.versions.length !== 1) {
    const found = root ? `tables of several versions (${root.versions})` : 'no table sample_data.json';
    throw new Error(`There is ${found} in a folder of ${folder}.`);
  }
  const version = root.versions[0]!;
  const index = await readTables(await root.readTables(version), { version, signal: new AbortController().signal });
  const chosen = new Set(choose(index.scenes.map(({ name }) => name)));
  return { folder, version, index, scenes: index.scenes.filter(({ name }) => chosen.has(name)) };
}

const miniSplits: Readonly<Record<string, readonly string[]>> = {
  mini_train: ['0061', '0553', '0655', '0757', '0796', '1077', '1094', '1100'].map((number) => `scene-${number}`),
  mini_val: ['scene-0103', 'scene-0916'],
};
const annotations = z.object({ train_split: z.array(z.string()), val_split: z.array(z.string()) });

/** Names of the scenes of a split. Throws for a split that is not known, and for scenes that the root does not have. */
export function listSplit(folder: string, split: string, names: readonly string[]): readonly string[] {
  if (split === 'all') return names;
  const listed = miniSplits[split] ?? readSplit(folder, split);
  const missing = listed.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`The data root lacks ${missing.length} scenes of ${split}: ${missing[0]}…`);
  return listed;
}

function readSplit(folder: string, split: string): readonly string[] {
  if (split === 'train' || split === 'val') {
    const files = ['annotations.json', 'gts/annotations.json'].map((name) => path.join(folder, name));
    const file = files.find((candidate) => existsSync(candidate));
    if (!file) throw new Error(`--split ${split} needs Occ3D's annotations.json in the data root.`);
    return annotations.parse(JSON.parse(readFileSync(file, 'utf8')))[`${split}_split`];
  }
  if (!existsSync(split)) throw new Error(`--split: there is no split and no file ${split}.`);
  return readFileSync(split, 'utf8').split(/\s+/).filter(Boolean);
}
