import { OccuscopeError } from '../errors/catalogue.ts';
import { GEOMETRY_CLASSES, SEMANTIC_KITTI_CLASSES } from './classTables.ts';
import { countVoxels, SEMANTIC_KITTI_GRID } from './grids.ts';
import { readLabels, type TruthVolume } from './truthVolume.ts';

/**
 * Raw label to scene-completion label; -1 = not judged (unlabelled kinds of things). 0 stays free.
 * Source: semantic-kitti-api config/semantic-kitti.yaml, learning_map.
 */
const rawLabels = new Map<number, number>([
  [0, 0],
  [1, -1],
  [10, 1],
  [11, 2],
  [13, 5],
  [15, 3],
  [16, 5],
  [18, 4],
  [20, 5],
  [30, 6],
  [31, 7],
  [32, 8],
  [40, 9],
  [44, 10],
  [48, 11],
  [49, 12],
  [50, 13],
  [51, 14],
  [52, -1],
  [60, 9],
  [70, 15],
  [71, 16],
  [72, 17],
  [80, 18],
  [81, 19],
  [99, -1],
  [252, 1],
  [253, 7],
  [254, 6],
  [255, 8],
  [256, 5],
  [257, 5],
  [258, 4],
  [259, 5],
]);

/** Optional companions of a `.label` file, each one bit per voxel. */
export interface SemanticKittiMasks {
  /** `.invalid`: 1 = not judged. */
  readonly invalid?: Uint8Array | null;
}

/**
 * SemanticKITTI `voxels/NNNNNN.label` or `predictions/NNNNNN.label`: uint16 raw labels of 256 x 256 x 32 voxels, x, y, z order, velodyne axes.
 * Throws `label-file-invalid`.
 */
export function readSemanticKittiLabel(bytes: Uint8Array, name: string, masks: SemanticKittiMasks = {}): TruthVolume {
  const total = countVoxels(SEMANTIC_KITTI_GRID);
  if (bytes.byteLength !== total * 2)
    throw invalid(`${name} has ${bytes.byteLength} bytes where 256 x 256 x 32 labels of two bytes take ${total * 2}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const raw = new Uint16Array(total);
  for (let voxel = 0; voxel < total; voxel++) raw[voxel] = view.getUint16(voxel * 2, true);
  const { labels, ignored } = readRaw(raw, name);
  const unjudged = masks.invalid ? unpackBits(masks.invalid, `${name} (.invalid)`) : null;
  return {
    grid: SEMANTIC_KITTI_GRID,
    classes: SEMANTIC_KITTI_CLASSES,
    axes: 'velodyne',
    labels,
    ignored: unjudged && ignored ? unjudged.map((value, voxel) => value | ignored[voxel]!) : (unjudged ?? ignored),
    cameraMask: null,
    lidarMask: null,
    flow: null,
  };
}

/** SemanticKITTI `voxels/NNNNNN.bin`: one bit per voxel, 1 = the lidar hit it. Throws `label-file-invalid`. */
export function readSemanticKittiBin(bytes: Uint8Array, name: string): TruthVolume {
  return {
    grid: SEMANTIC_KITTI_GRID,
    classes: GEOMETRY_CLASSES,
    axes: 'velodyne',
    labels: unpackBits(bytes, name),
    ignored: null,
    cameraMask: null,
    lidarMask: null,
    flow: null,
  };
}

function readRaw(raw: Uint16Array, name: string) {
  try {
    return readLabels({ data: raw }, SEMANTIC_KITTI_CLASSES, name, rawLabels);
  } catch (cause) {
    throw invalid(cause instanceof OccuscopeError && cause.detail ? cause.detail : String(cause), cause);
  }
}

/** The highest bit of a byte is its first voxel. */
function unpackBits(bytes: Uint8Array, name: string): Uint8Array {
  const total = countVoxels(SEMANTIC_KITTI_GRID);
  if (bytes.byteLength * 8 !== total)
    throw invalid(
      `${name} has ${bytes.byteLength} bytes where one bit for each of 256 x 256 x 32 voxels takes ${total / 8}.`,
    );
  const values = new Uint8Array(total);
  for (let voxel = 0; voxel < total; voxel++) values[voxel] = (bytes[voxel >> 3]! >> (7 - (voxel & 7))) & 1;
  return values;
}

function invalid(detail: string, cause?: unknown): OccuscopeError {
  return new OccuscopeError('label-file-invalid', { detail, cause });
}
