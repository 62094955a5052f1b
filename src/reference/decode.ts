import type { DecodePlan, FlowPlan, OccupancyPlan } from '../pipeline/decodePlan.ts';

/** The tensors named in the manifest entry; `occupancy` and `flow` are null exactly when the plan has none. */
export interface DecodeTensors {
  readonly logits: Float32Array;
  readonly occupancy: Float32Array | null;
  readonly flow: Float32Array | null;
}

/**
 * Decode the network's outputs on the CPU.
 * `labels` holds one label per voxel and `flow` two values (vx, vy) per voxel in metres per second, ego axes, both z fastest;
 * `flow` is null when the plan has none. Ties between logits go to the lowest label.
 */
export function decodeReference(
  plan: DecodePlan,
  { logits, occupancy, flow }: DecodeTensors,
): { labels: Uint8Array; flow: Float32Array | null } {
  if (plan.occupancy && !occupancy) throw new TypeError('The plan has occupancy but its tensor is missing.');
  const labels =
    plan.occupancy && occupancy
      ? decodeFactoredLabels(plan, plan.occupancy, occupancy, logits)
      : decodeLabels(plan, logits);
  if (!plan.flow) return { labels, flow: null };
  if (!flow) throw new TypeError('The plan has flow but its tensor is missing.');
  return { labels, flow: decodeFlow(plan, plan.flow, labels, flow) };
}

/** Label of every voxel: the index of its largest logit. Walks the logits in memory order, for the sake of the cache. */
export function decodeLabels(plan: DecodePlan, logits: Float32Array): Uint8Array {
  const { strides, voxelCount } = plan;
  const places = orderPlaces(plan);
  const best = new Float32Array(voxelCount);
  const winners = new Uint8Array(voxelCount);
  for (let candidate = 0; candidate < plan.candidateCount; candidate++) {
    const first = (plan.firstLogit + candidate) * strides.channel;
    for (let index = 0; index < voxelCount; index++) {
      const value = logits[first + places.logit[index]!]!;
      if (candidate > 0 && !(value > best[index]!)) continue;
      best[index] = value;
      winners[index] = candidate;
    }
  }
  const labels = new Uint8Array(voxelCount);
  for (let index = 0; index < voxelCount; index++) labels[places.voxel[index]!] = winners[index]!;
  return labels;
}

/** Places of all voxels in the order in which the logits lie in memory: in the first logit's volume, and in the output. */
function orderPlaces({ size, strides, voxelCount }: DecodePlan): { logit: Uint32Array; voxel: Uint32Array } {
  const axes = [
    { size: size[0], stride: strides.x, step: size[1] * size[2] },
    { size: size[1], stride: strides.y, step: size[2] },
    { size: size[2], stride: strides.z, step: 1 },
  ].sort((a, b) => b.stride - a.stride) as [AxisWalk, AxisWalk, AxisWalk];
  const [outer, middle, inner] = axes;
  const places = { logit: new Uint32Array(voxelCount), voxel: new Uint32Array(voxelCount) };
  let index = 0;
  for (let i = 0; i < outer.size; i++) {
    for (let j = 0; j < middle.size; j++) {
      for (let k = 0; k < inner.size; k++) {
        places.logit[index] = i * outer.stride + j * middle.stride + k * inner.stride;
        places.voxel[index] = i * outer.step + j * middle.step + k * inner.step;
        index += 1;
      }
    }
  }
  return places;
}

interface AxisWalk {
  readonly size: number;
  readonly stride: number;
  readonly step: number;
}

/**
 * Label of every voxel: the largest class logit of its column and group where the occupancy is above that class's threshold,
 * else free (NaN included).
 * The winners of all columns are found first, group by group.
 */
export function decodeFactoredLabels(
  plan: DecodePlan,
  { strides, groupStride, groupCount, groupOfHeight, thresholds, free }: OccupancyPlan,
  occupancy: Float32Array,
  logits: Float32Array,
): Uint8Array {
  const winners = Array.from({ length: groupCount }, (_, group) => findWinners(plan, logits, group * groupStride));
  const labels = new Uint8Array(plan.voxelCount);
  forEachVoxel(plan, (voxel, x, y, z) => {
    const winner = winners[groupOfHeight[z]!]![x * plan.size[1] + y]!;
    const occupied = occupancy[x * strides.x + y * strides.y + z * strides.z]! > thresholds[winner]!;
    labels[voxel] = occupied ? winner : free;
  });
  return labels;
}

/** Strongest class of every column in the group of logits that starts at `first`; y fastest. */
function findWinners({ size, strides, firstLogit, candidateCount }: DecodePlan, logits: Float32Array, first: number) {
  const winners = new Uint8Array(size[0] * size[1]);
  for (let x = 0; x < size[0]; x++) {
    for (let y = 0; y < size[1]; y++) {
      const column = first + firstLogit * strides.channel + x * strides.x + y * strides.y;
      let winner = 0;
      let best = logits[column]!;
      for (let candidate = 1; candidate < candidateCount; candidate++) {
        const value = logits[column + candidate * strides.channel]!;
        if (!(value > best)) continue;
        best = value;
        winner = candidate;
      }
      winners[x * size[1] + y] = winner;
    }
  }
  return winners;
}

/** Velocity of every voxel; zero where its label may not carry flow, or where it is slower than what counts as moving. */
export function decodeFlow(plan: DecodePlan, flowPlan: FlowPlan, labels: Uint8Array, flow: Float32Array): Float32Array {
  const { strides, channelOfX, scale, slowest, carries } = flowPlan;
  const output = new Float32Array(2 * plan.voxelCount);
  forEachVoxel(plan, (voxel, x, y, z) => {
    if (!carries[labels[voxel]!]) return;
    const place = x * strides.x + y * strides.y + z * strides.z;
    const vx = flow[place + channelOfX * strides.channel]! * scale;
    const vy = flow[place + (1 - channelOfX) * strides.channel]! * scale;
    if (vx * vx + vy * vy < slowest * slowest) return;
    output[2 * voxel] = vx;
    output[2 * voxel + 1] = vy;
  });
  return output;
}

function forEachVoxel({ size }: DecodePlan, visit: (voxel: number, x: number, y: number, z: number) => void): void {
  let voxel = 0;
  for (let x = 0; x < size[0]; x++) {
    for (let y = 0; y < size[1]; y++) {
      for (let z = 0; z < size[2]; z++) visit(voxel++, x, y, z);
    }
  }
}
