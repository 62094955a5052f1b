import { computeSweepMaps, NEAREST_METRES, type PlaneSweepPlan } from '../pipeline/planeSweep.ts';
import { countElements, type FrameGeometry } from '../pipeline/stage.ts';

/** The maps of one pair of cameras along one ray: numerators and depth are `slope * d + offset`. */
interface PairRay {
  readonly firstRow: number;
  readonly slope: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/**
 * How alike descriptors [cameras, h, w, C] of this frame, put at every depth, are to the previous frame's: CPU twin of
 * shaders/memory/planeSweep.wgsl. Returns f32 [cameras, bins, h, w], all zeros when the frame has no previous one.
 * Source: Collins, CVPR 1996; temporal stereo in BEVStereo, arXiv 2209.10248.
 */
export function sweepPlanes(
  plan: PlaneSweepPlan,
  geometry: FrameGeometry,
  current: Float32Array,
  previous: Float32Array,
): Float32Array {
  const { cameras, rows, columns, channels, entry } = plan;
  const area = rows * columns;
  const bins = entry.depths.length;
  const matches = new Float32Array(countElements(plan.outShape));
  const maps = computeSweepMaps(plan, geometry);
  if (maps[0] === 0) return matches;
  for (let camera = 0; camera < cameras; camera++) {
    for (let cell = 0; cell < area; cell++) {
      const own = current.subarray((camera * area + cell) * channels, (camera * area + cell + 1) * channels);
      const pairs = listPairRays(plan, maps, camera, cell % columns, Math.floor(cell / columns));
      for (let bin = 0; bin < bins; bin++) {
        matches[(camera * bins + bin) * area + cell] = compareAt(plan, pairs, entry.depths[bin]!, own, previous);
      }
    }
  }
  return matches;
}

function listPairRays(
  { cameras, rows, columns }: PlaneSweepPlan,
  maps: Float32Array,
  camera: number,
  x: number,
  y: number,
): PairRay[] {
  return Array.from({ length: cameras }, (_, other) => {
    const at = 4 + (camera * cameras + other) * 12;
    const slope = (row: number) => maps[at + row]! * x + maps[at + row + 1]! * y + maps[at + row + 2]!;
    return {
      firstRow: other * rows * columns,
      slope: [slope(0), slope(4), slope(8)],
      offset: [maps[at + 3]!, maps[at + 7]!, maps[at + 11]!],
    };
  });
}

/** Mean product over the cameras of the previous frame that saw the point; 0 where none did. */
function compareAt(
  plan: PlaneSweepPlan,
  pairs: readonly PairRay[],
  depth: number,
  own: Float32Array,
  previous: Float32Array,
): number {
  const { rows, columns, channels } = plan;
  let [sum, seen] = [0, 0];
  for (const { firstRow, slope, offset } of pairs) {
    const z = slope[2] * depth + offset[2];
    if (z <= NEAREST_METRES) continue;
    const u = (slope[0] * depth + offset[0]) / z;
    const v = (slope[1] * depth + offset[1]) / z;
    if (!(u >= 0 && v >= 0 && u < columns - 1 && v < rows - 1)) continue;
    const [x, y] = [Math.floor(u), Math.floor(v)];
    const [right, down] = [u - x, v - y];
    const upper = (firstRow + y * columns + x) * channels;
    const lower = upper + columns * channels;
    const [a, b, c, d] = [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down];
    for (let k = 0; k < channels; k++) {
      const there =
        a * previous[upper + k]! +
        b * previous[upper + channels + k]! +
        c * previous[lower + k]! +
        d * previous[lower + channels + k]!;
      sum += own[k]! * there;
    }
    seen += 1;
  }
  return seen === 0 ? 0 : sum / seen;
}
