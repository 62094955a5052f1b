import factoredLabelsWgsl from '../../shaders/decode/factoredLabels.wgsl?raw';
import flowWgsl from '../../shaders/decode/flow.wgsl?raw';
import labelsWgsl from '../../shaders/decode/labels.wgsl?raw';
import { createStorageBuffer, writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import type { DecodePlan, FlowPlan, OccupancyPlan, VoxelStrides } from './decodePlan.ts';
import type { GpuStage } from './stage.ts';

export { type DecodeEntry, type DecodePlan, decodeSchema, planDecode } from './decodePlan.ts';

/** Buffers of the decode stage; `occupancy`, `flow` and `flowOut` are null exactly when the plan has no occupancy or no flow. */
export interface DecodeBuffers {
  /** The tensors named in the manifest entry. */
  readonly logits: GPUBuffer;
  readonly occupancy: GPUBuffer | null;
  readonly flow: GPUBuffer | null;
  /** u8 labels, four to a u32, little endian, z fastest; `labelBytes` long. */
  readonly labels: GPUBuffer;
  /** pack2x16float(vx, vy) in metres per second, one u32 to a voxel, z fastest; `flowBytes` long. */
  readonly flowOut: GPUBuffer | null;
}

/** Create the decode stage on the GPU. Ties between logits go to the lowest label. */
export function createDecode(context: GpuContext, plan: DecodePlan, buffers: DecodeBuffers): GpuStage {
  const { device } = context;
  const labels = plan.occupancy
    ? createFactoredLabelsPass(device, plan, plan.occupancy, buffers)
    : createLabelsPass(device, plan, buffers);
  const flow = plan.flow ? createFlowPass(device, plan, plan.flow, buffers) : null;
  return {
    kind: 'decode',
    update() {},
    encode(encoder) {
      const pass = encoder.beginComputePass({ label: 'decode' });
      labels.encode(pass);
      flow?.encode(pass);
      pass.end();
    },
    destroy() {
      labels.destroy();
      flow?.destroy();
    },
  };
}

/** One dispatch with the buffers that it owns. */
interface DecodePass {
  encode(pass: GPUComputePassEncoder): void;
  destroy(): void;
}

function createLabelsPass(device: GPUDevice, plan: DecodePlan, buffers: DecodeBuffers): DecodePass {
  const settings = uploadSettings(device, 'decode labels', [
    ...plan.size,
    plan.candidateCount,
    ...listStrides(plan.strides),
    ...listLoops(plan),
    plan.firstLogit,
    0,
  ]);
  const kernel = createKernel(device, 'decode labels', labelsWgsl);
  const group = kernel.bind([{ buffer: settings }, { buffer: buffers.logits }, { buffer: buffers.labels }]);
  return {
    encode: (pass) => kernel.encode(pass, group, coverInvocations(plan.labelBytes / 4, 64)),
    destroy: () => settings.destroy(),
  };
}

function createFactoredLabelsPass(
  device: GPUDevice,
  plan: DecodePlan,
  occupancy: OccupancyPlan,
  buffers: DecodeBuffers,
): DecodePass {
  if (!buffers.occupancy) throw new TypeError('The plan has occupancy but its buffer is missing.');
  const ranks = rankNumbers(occupancy.thresholds);
  const settings = uploadSettings(device, 'decode factored labels', [
    ...plan.size,
    plan.candidateCount,
    plan.strides.x,
    plan.strides.y,
    occupancy.groupStride,
    plan.strides.channel,
    occupancy.strides.x,
    occupancy.strides.y,
    occupancy.strides.z,
    plan.firstLogit,
    ...listLoops(plan),
    occupancy.free,
    ranks.reduce((least, rank) => Math.min(least, rank)),
  ]);
  const thresholds = createStorageBuffer(device, 'decode thresholds', ranks.byteLength);
  writeBuffer(device, thresholds, ranks);
  const groups = createStorageBuffer(device, 'decode height groups', occupancy.groupOfHeight.byteLength);
  writeBuffer(device, groups, occupancy.groupOfHeight);
  const kernel = createKernel(device, 'decode factored labels', factoredLabelsWgsl);
  const group = kernel.bind([
    { buffer: settings },
    { buffer: buffers.occupancy },
    { buffer: buffers.logits },
    { buffer: groups },
    { buffer: thresholds },
    { buffer: buffers.labels },
  ]);
  return {
    encode: (pass) => kernel.encode(pass, group, coverInvocations(plan.labelBytes / 4, 64)),
    destroy() {
      settings.destroy();
      groups.destroy();
      thresholds.destroy();
    },
  };
}

/** `rank` of factoredLabels.wgsl. */
function rankNumbers(numbers: Float32Array): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(Float32Array.from(numbers).buffer);
  return bits.map((word) => (word & 0x80000000 ? ~word : word | 0x80000000));
}

function createFlowPass(device: GPUDevice, plan: DecodePlan, flow: FlowPlan, buffers: DecodeBuffers): DecodePass {
  if (!buffers.flow || !buffers.flowOut) throw new TypeError('The plan has flow but its buffers are missing.');
  const mask = new Uint32Array(8);
  flow.carries.forEach((carries, label) => {
    if (carries) mask[label >> 5]! |= 1 << (label & 31);
  });
  const settings = uploadSettings(device, 'decode flow', [
    ...plan.size,
    flow.channelOfX,
    ...listStrides(flow.strides),
    ...mask,
    ...new Uint32Array(Float32Array.of(flow.scale, flow.slowest).buffer),
    0,
    0,
  ]);
  const kernel = createKernel(device, 'decode flow', flowWgsl);
  const group = kernel.bind([
    { buffer: settings },
    { buffer: buffers.flow },
    { buffer: buffers.labels },
    { buffer: buffers.flowOut },
  ]);
  return {
    encode: (pass) => kernel.encode(pass, group, coverInvocations(plan.voxelCount, 64)),
    destroy: () => settings.destroy(),
  };
}

function listStrides({ x, y, z, channel }: VoxelStrides): number[] {
  return [x, y, z, channel];
}

function listLoops({ wordLoops }: DecodePlan): number[] {
  return wordLoops.flatMap(({ count, stride }) => [count, stride]);
}

function uploadSettings(device: GPUDevice, label: string, values: readonly number[]): GPUBuffer {
  const words = Uint32Array.from(values);
  const buffer = device.createBuffer({ label: `${label} settings`, size: words.byteLength, usage: 0x40 | 0x08 }); // UNIFORM | COPY_DST
  writeBuffer(device, buffer, words);
  return buffer;
}
