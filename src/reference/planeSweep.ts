import { computeSweepMaps, NEAREST_METRES, type PlaneSweepPlan } from '../pipeline/planeSweep.ts';
import { countElements, type FrameGeometry } from '../pipeline/stage.ts';

/** How each camera of the previous frame sees one ray: (z u, z v, z) is slope * d + offset at depth d; six numbers to a camera. */
type RayViews = Float64Array;
const VIEW_NUMBERS = 6;

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
  const { cameras, rows, columns, entry } = plan;
  const area = rows * columns;
  const bins = entry.depths.length;
  const matches = new Float32Array(countElements(plan.outShape));
  const maps = computeSweepMaps(plan, geometry);
  if (maps[0] === 0) return matches;
  const views: RayViews = new Float64Array(cameras * VIEW_NUMBERS);
  for (let camera = 0; camera < cameras; camera++) {
    for (let cell = 0; cell < area; cell++) {
      viewRay(views, maps, camera, cell % columns, Math.floor(cell / columns));
      for (let bin = 0; bin < bins; bin++) {
        const place = (camera * bins + bin) * area + cell;
        matches[place] = compareAt(plan, views, entry.depths[bin]!, current, camera * area + cell, previous);
      }
    }
  }
  return matches;
}

function viewRay(views: RayViews, maps: Float32Array, camera: number, x: number, y: number): void {
  const cameras = views.length / VIEW_NUMBERS;
  for (let other = 0; other < cameras; other++) {
    for (let row = 0; row < 3; row++) {
      const at = 4 + (camera * cameras + other) * 12 + row * 4;
      views[other * VIEW_NUMBERS + row] = maps[at]! * x + maps[at + 1]! * y + maps[at + 2]!;
      views[other * VIEW_NUMBERS + 3 + row] = maps[at + 3]!;
    }
  }
}

/** Mean product over the cameras of the previous frame that saw the point; 0 where none did. */
function compareAt(
  { rows, columns, channels }: PlaneSweepPlan,
  views: RayViews,
  depth: number,
  current: Float32Array,
  ownCell: number,
  previous: Float32Array,
): number {
  let sum = 0;
  let seen = 0;
  for (let at = 0, firstCell = 0; at < views.length; at += VIEW_NUMBERS, firstCell += rows * columns) {
    const z = views[at + 2]! * depth + views[at + 5]!;
    if (z <= NEAREST_METRES) continue;
    const u = (views[at]! * depth + views[at + 3]!) / z;
    if (!(u >= 0 && u < columns - 1)) continue;
    const v = (views[at + 1]! * depth + views[at + 4]!) / z;
    if (!(v >= 0 && v < rows - 1)) continue;
    const [x, y] = [Math.floor(u), Math.floor(v)];
    const [right, down] = [u - x, v - y];
    const own = ownCell * channels;
    const upper = (firstCell + y * columns + x) * channels;
    const lower = upper + columns * channels;
    const belowRight = right * down;
    const [aboveRight, belowLeft] = [right - belowRight, down - belowRight];
    const aboveLeft = 1 - right - belowLeft;
    for (let k = 0; k < channels; k++) {
      const above = aboveLeft * previous[upper + k]! + aboveRight * previous[upper + channels + k]!;
      const below = belowLeft * previous[lower + k]! + belowRight * previous[lower + channels + k]!;
      sum += current[own + k]! * (above + below);
    }
    seen += 1;
  }
  return seen === 0 ? 0 : sum / seen;
}
