import { colourOf, emptyColour, evidenceOf, flowWeights, ruler } from './layout.ts';
import { cameras, castRay, poses, type RulerCamera, type RulerPose, rayInEgo } from './scene.ts';

/** What one feature of one camera says: a voxel (flat index, z fastest) holds a label. */
interface Statement {
  readonly voxel: number;
  readonly label: number;
}

/** One frame of the clip: images to show the network and the one right answer. */
export interface RulerFrame {
  readonly pose: RulerPose;
  /** RGBA of each camera, stored size. */
  readonly images: readonly Uint8ClampedArray[];
  readonly labels: Uint8Array;
  /** (vx, vy) of each voxel. */
  readonly flow: Float64Array;
  /** 1 where a camera of this frame names the voxel. */
  readonly mask: Uint8Array;
}

/** Nearest that a pooled point may come to a voxel wall, in voxels, and two labels to a tie: float32 may not decide anything. */
const wallMargin = 0.02;
const tieMargin = 0.0001;

const [sizeX, sizeY, sizeZ] = ruler.grid.size;
const voxelCount = sizeX * sizeY * sizeZ;
const channels = ruler.evidenceChannels;

/** Draw and solve every frame. Evidence is kept as [voxel][channel] in float64 and shares no code with the pipeline. */
export function solveFrames(): RulerFrame[] {
  let memory: Float64Array | null = null;
  let previous: RulerPose | null = null;
  return poses.map((pose) => {
    const views = cameras.map((camera) => drawView(pose, camera));
    const evidence = previous && memory ? moveMemory(memory, previous, pose) : new Float64Array(voxelCount * channels);
    const mask = new Uint8Array(voxelCount);
    for (const { voxel, label } of views.flatMap(({ statements }) => statements)) {
      evidence[voxel * channels + label]! += evidenceOf(label);
      mask[voxel] = 1;
    }
    memory = evidence;
    previous = pose;
    return { pose, images: views.map(({ image }) => image), ...nameVoxels(evidence), mask };
  });
}

function drawView(pose: RulerPose, camera: RulerCamera): { image: Uint8ClampedArray; statements: Statement[] } {
  const { source, network, features, stride } = ruler;
  const image = new Uint8ClampedArray(source.width * source.height * 4);
  for (let i = 0; i < source.width * source.height; i += 1) image.set([...emptyColour, 255], i * 4);
  const top = source.height - network.height;
  const statements: Statement[] = [];
  for (let row = 0; row < features.height; row += 1) {
    for (let column = 0; column < features.width; column += 1) {
      // A feature stands for a stride x stride block; its point is at the block's centre.
      const u = column * stride + (stride - 1) / 2;
      const v = top + row * stride + (stride - 1) / 2;
      const found = stateVoxel(pose, camera, u, v);
      if (!found) continue;
      if (found.voxel !== null) statements.push({ voxel: found.voxel, label: found.label });
      for (let dy = 0; dy < stride; dy += 1) {
        for (let dx = 0; dx < stride; dx += 1) {
          const pixel = (top + row * stride + dy) * source.width + column * stride + dx;
          image.set([...colourOf(found.bin, found.label), 255], pixel * 4);
        }
      }
    }
  }
  return { image, statements };
}

/** Cast a feature's ray, take the nearest depth bin and find its voxel; null where nothing is said (sky, far, too close to a wall). */
function stateVoxel(pose: RulerPose, camera: RulerCamera, u: number, v: number) {
  const hit = castRay(pose, camera, u, v);
  if (!hit) return null;
  const { depths, grid } = ruler;
  const bin = depths.findIndex((depth) => Math.abs(depth - hit.depth) <= 0.5);
  if (bin < 0) return null;
  const ray = rayInEgo(camera, u, v);
  const cell = [0, 1, 2].map((axis) => {
    const metres = camera.position[axis]! + ray[axis]! * depths[bin]!;
    return (metres - grid.lower[axis]!) / grid.voxel[axis]!;
  });
  if (cell.some((value) => Math.abs(value - Math.round(value)) < wallMargin)) return null;
  const [x, y, z] = cell.map(Math.floor) as [number, number, number];
  const inside = x >= 0 && y >= 0 && z >= 0 && x < sizeX && y < sizeY && z < sizeZ;
  return { bin, label: hit.label, voxel: inside ? (x * sizeY + y) * sizeZ + z : null };
}

/** Half of the last memory, seen from the new pose: trilinear between voxel centres, nothing from outside the grid. */
function moveMemory(memory: Float64Array, previous: RulerPose, pose: RulerPose): Float64Array {
  const moved = new Float64Array(memory.length);
  for (let x = 0; x < sizeX; x += 1) {
    for (let y = 0; y < sizeY; y += 1) {
      const [sourceX, sourceY] = findSource(x, y, previous, pose);
      const [x0, y0] = [Math.floor(sourceX), Math.floor(sourceY)];
      for (const [cornerX, shareX] of [
        [x0, x0 + 1 - sourceX],
        [x0 + 1, sourceX - x0],
      ] as const) {
        for (const [cornerY, shareY] of [
          [y0, y0 + 1 - sourceY],
          [y0 + 1, sourceY - y0],
        ] as const) {
          if (cornerX < 0 || cornerY < 0 || cornerX >= sizeX || cornerY >= sizeY) continue;
          const share = ruler.decay * shareX * shareY;
          const to = (x * sizeY + y) * sizeZ * channels;
          const from = (cornerX * sizeY + cornerY) * sizeZ * channels;
          for (let i = 0; i < sizeZ * channels; i += 1) moved[to + i]! += share * memory[from + i]!;
        }
      }
    }
  }
  return moved;
}

/** Voxel coordinates in the previous grid of the centre of column (x, y); the ego only moves on the plane, so z stays. */
function findSource(x: number, y: number, previous: RulerPose, pose: RulerPose): readonly [number, number] {
  const { lower, voxel } = ruler.grid;
  const egoX = lower[0] + (x + 0.5) * voxel[0];
  const egoY = lower[1] + (y + 0.5) * voxel[1];
  const worldX = pose.x + Math.cos(pose.yaw) * egoX - Math.sin(pose.yaw) * egoY - previous.x;
  const worldY = pose.y + Math.sin(pose.yaw) * egoX + Math.cos(pose.yaw) * egoY - previous.y;
  const beforeX = Math.cos(previous.yaw) * worldX + Math.sin(previous.yaw) * worldY;
  const beforeY = -Math.sin(previous.yaw) * worldX + Math.cos(previous.yaw) * worldY;
  const round = (value: number) => (Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value);
  return [round((beforeX - lower[0]) / voxel[0] - 0.5), round((beforeY - lower[1]) / voxel[1] - 0.5)];
}

function nameVoxels(evidence: Float64Array): { labels: Uint8Array; flow: Float64Array } {
  const labels = new Uint8Array(voxelCount);
  const flow = new Float64Array(voxelCount * 2);
  for (let voxel = 0; voxel < voxelCount; voxel += 1) {
    const ofVoxel = evidence.subarray(voxel * channels, (voxel + 1) * channels);
    const ranked = [...ofVoxel, ruler.freeEvidence].map((value, label) => ({ value, label }));
    ranked.sort((a, b) => b.value - a.value);
    const gap = ranked[0]!.value - ranked[1]!.value;
    if (gap < tieMargin) throw new Error(`voxel ${voxel}: two labels are only ${gap} apart; change the scene`);
    const label = ranked[0]!.label;
    labels[voxel] = label;
    if (label !== ruler.carLabel && label !== ruler.pedestrianLabel) continue;
    const car = ofVoxel[ruler.carLabel]!;
    const pedestrian = ofVoxel[ruler.pedestrianLabel]!;
    flow[voxel * 2] = ruler.flowScale * (flowWeights.car[1] * car + flowWeights.pedestrian[1] * pedestrian);
    flow[voxel * 2 + 1] = ruler.flowScale * (flowWeights.car[0] * car + flowWeights.pedestrian[0] * pedestrian);
  }
  return { labels, flow };
}
