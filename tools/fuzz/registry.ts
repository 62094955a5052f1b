import { zipSync } from 'fflate';
import { parseNpy } from '../../src/clips/npz/parseNpy.ts';
import { openNpz } from '../../src/clips/npz/readNpz.ts';
import { readTables } from '../../src/clips/nuscenes/readTables.ts';
import { parseClipFile } from '../../src/clips/packaged/clipFile.ts';
import { readRig } from '../../src/clips/sequence/calibration/readRig.ts';
import { readTimesFile } from '../../src/clips/sequence/imageTimes.ts';
import { readLidarPoints } from '../../src/clips/sequence/lidarPoints.ts';
import { readPoses } from '../../src/clips/sequence/readPoses.ts';
import { OccuscopeError } from '../../src/errors/catalogue.ts';
import { checkOnnx } from '../../src/models/checkOnnx.ts';
import { parseManifest } from '../../src/models/manifest.ts';
import { checkRecipe } from '../../src/models/recipe.ts';
import { readZipModel } from '../../src/models/zipPackage.ts';
import { applyLayout } from '../../src/stored/applyLayout.ts';
import { guessLayout } from '../../src/stored/guessLayout.ts';
import { openArrays } from '../../src/stored/openArrays.ts';
import { parseUrlState } from '../../src/stores/urlState.ts';
import { readOcc3d } from '../../src/truthFormats/readOcc3d.ts';
import { readOcc3dWaymo } from '../../src/truthFormats/readOcc3dWaymo.ts';
import { readOpenOcc, readOpenOccSparse } from '../../src/truthFormats/readOpenOcc.ts';
import { readSemanticKittiBin, readSemanticKittiLabel } from '../../src/truthFormats/readSemanticKitti.ts';
import { readOpenOccupancy, readSurroundOcc } from '../../src/truthFormats/readSparseVoxels.ts';
import { openZip } from '../../src/zip/openZip.ts';
import type { InputForm } from './mutate.ts';

/** A parser of something from outside. */
export interface FuzzTarget {
  readonly name: string;
  /** Folder of tests/corpus that its inputs are made from. */
  readonly corpus: string;
  readonly form: InputForm;
  /** Reads the input, or throws an OccuscopeError. */
  readonly parse: (bytes: Uint8Array<ArrayBuffer>) => unknown;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** JSON that is none is refused before a parser sees it. */
function parseJsonWith(parse: (json: unknown) => unknown): FuzzTarget['parse'] {
  return (bytes) => {
    let json: unknown;
    try {
      json = JSON.parse(text(bytes));
    } catch {
      return null;
    }
    return parse(json);
  };
}

/** Every parser of the page: one entry each. */
export const targets: readonly FuzzTarget[] = [
  { name: 'npy', corpus: 'npy', form: 'binary', parse: (bytes) => parseNpy(bytes, 'a.npy') },
  {
    name: 'npz',
    corpus: 'npz',
    form: 'binary',
    parse(bytes) {
      const archive = openNpz(bytes, 'a.npz');
      for (const name of archive.names) tolerate(() => archive.read(name));
    },
  },
  {
    name: 'zip',
    corpus: 'npz',
    form: 'binary',
    async parse(bytes) {
      const archive = await openZip(new Blob([bytes]));
      for (const name of archive.sizes.keys()) await archive.read(name);
    },
  },
  {
    name: 'stored-npz',
    corpus: 'stored',
    form: 'binary',
    parse: (bytes) => readStored(bytes, 'a.npz'),
  },
  {
    // Whole archives around damaged members: a damaged zip alone hardly ever passes its checksums.
    name: 'stored-members',
    corpus: 'npy',
    form: 'binary',
    parse: (bytes) => readStored(zipSync({ 'semantics.npy': bytes, 'flow.npy': bytes }, { level: 0 }), 'a.npz'),
  },
  { name: 'stored-npy', corpus: 'npy', form: 'binary', parse: (bytes) => readStored(bytes, 'a.npy') },
  { name: 'occ3d', corpus: 'stored', form: 'binary', parse: (bytes) => readOcc3d(bytes, 'a.npz') },
  { name: 'openocc', corpus: 'stored', form: 'binary', parse: (bytes) => readOpenOcc(bytes, 'a.npz') },
  { name: 'occ3d-waymo', corpus: 'stored', form: 'binary', parse: (bytes) => readOcc3dWaymo(bytes, 'a.npz') },
  {
    name: 'openocc-sparse',
    corpus: 'rows',
    form: 'binary',
    parse: (bytes) => readOpenOccSparse(bytes, bytes, 'a.npy'),
  },
  { name: 'surround-occ', corpus: 'rows', form: 'binary', parse: (bytes) => readSurroundOcc(bytes, 'a.npy') },
  { name: 'open-occupancy', corpus: 'rows', form: 'binary', parse: (bytes) => readOpenOccupancy(bytes, 'a.npy') },
  {
    name: 'semantic-kitti',
    corpus: 'rows',
    form: 'binary',
    parse: (bytes) => readSemanticKittiLabel(bytes, 'a.label'),
  },
  {
    name: 'semantic-kitti-bin',
    corpus: 'rows',
    form: 'binary',
    parse: (bytes) => readSemanticKittiBin(bytes, 'a.bin'),
  },
  { name: 'onnx', corpus: 'onnx', form: 'binary', parse: (bytes) => checkOnnx('a.onnx', bytes) },
  {
    name: 'manifest',
    corpus: 'manifest',
    form: 'json',
    parse: parseJsonWith((json) => checkRecipe(parseManifest(json))),
  },
  { name: 'model-zip', corpus: 'model-zip', form: 'binary', parse: (bytes) => readZipModel(bytes) },
  // nuScenes tables, all of a version in one object.
  { name: 'nuscenes-tables', corpus: 'tables', form: 'json', parse: parseJsonWith(readAllTables) },
  { name: 'rig-json', corpus: 'rig-json', form: 'json', parse: (bytes) => readRig(text(bytes), 'rig.json') },
  { name: 'rig-text', corpus: 'rig-text', form: 'text', parse: (bytes) => readRig(text(bytes), 'calib.txt') },
  { name: 'poses', corpus: 'poses', form: 'text', parse: (bytes) => readPoses(text(bytes), 'poses.txt') },
  { name: 'times', corpus: 'times', form: 'text', parse: (bytes) => readTimesFile(text(bytes), 'times.txt') },
  { name: 'lidar-points', corpus: 'rows', form: 'binary', parse: (bytes) => readLidarPoints(bytes, 'a.bin') },
  { name: 'lidar-npy', corpus: 'rows', form: 'binary', parse: (bytes) => readLidarPoints(bytes, 'a.npy') },
  { name: 'address', corpus: 'address', form: 'text', parse: (bytes) => parseUrlState(text(bytes)) },
  { name: 'clip', corpus: 'clip', form: 'json', parse: parseJsonWith(parseClipFile) },
];

/** One bad member does not spoil the rest. */
function tolerate(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof OccuscopeError)) throw error;
  }
}

function readStored(bytes: Uint8Array, name: string): unknown {
  const arrays = openArrays(bytes, name);
  return applyLayout(arrays, guessLayout(arrays, name).layout, name);
}

/** Each table becomes a file, cut into small pieces as a large one is. */
async function readAllTables(json: unknown): Promise<unknown> {
  const tables = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  const files = Object.fromEntries(tables.map(([name, rows]) => [name, new Blob([JSON.stringify(rows) ?? ''])]));
  return await readTables(files, { version: 'v1.0-mini', signal: new AbortController().signal, pieceBytes: 500 });
}
