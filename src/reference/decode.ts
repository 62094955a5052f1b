import type { DecodePlan, FlowPlan } from '../pipeline/decode.ts';

/**
 * Decode logits and flow on the CPU.
 * `labels` holds one label per voxel and `flow` two values (vx, vy) per voxel in metres per second, ego axes, both z fastest;
 * `flow` is null when the plan has none. Ties between logits go to the lowest label.
 */
export function decodeReference(
  plan: DecodePlan,
  logits: Float32Array,
  flow: Float32Array | null,
): { labels: Uint8Array; flow: Float32Array | null } {
  const labels = decodeLabels(plan, logits);
  if (!plan.flow) return { labels, flow: null };
  if (!flow) throw new TypeError('The plan has flow but its tensor is missing.');
  return { labels, flow: decodeFlow(plan, plan.flow, labels, flow) };
}

/** Label of every voxel: the index of its largest logit. */
export function decodeLabels(plan: DecodePlan, logits: Float32Array): Uint8Array {
  const labels = new Uint8Array(plan.voxelCount);
  const { strides } = plan;
  forEachVoxel(plan, (voxel, x, y, z) => {
    let place = x * strides.x + y * strides.y + z * strides.z + plan.firstLogit * strides.channel;
    let best = logits[place]!;
    let label = 0;
    for (let candidate = 1; candidate < plan.labelCount; candidate++) {
      place += strides.channel;
      const value = logits[place]!;
      if (value > best) {
        best = value;
        label = candidate;
      }
    }
    labels[voxel] = label;
  });
  return labels;
}

/** Velocity of every voxel; zero where its label may not carry flow. */
export function decodeFlow(plan: DecodePlan, flowPlan: FlowPlan, labels: Uint8Array, flow: Float32Array): Float32Array {
  const { strides, channelOfX, scale, carries } = flowPlan;
  const output = new Float32Array(2 * plan.voxelCount);
  forEachVoxel(plan, (voxel, x, y, z) => {
    if (!carries[labels[voxel]!]) return;
    const place = x * strides.x + y * strides.y + z * strides.z;
    output[2 * voxel] = flow[place + channelOfX * strides.channel]! * scale;
    output[2 * voxel + 1] = flow[place + (1 - channelOfX) * strides.channel]! * scale;
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
