import arrowWgsl from '../../shaders/view/arrowCompaction.wgsl?raw';
import faceWgsl from '../../shaders/view/faceCompaction.wgsl?raw';
import finishWgsl from '../../shaders/view/finishDraw.wgsl?raw';
import { createStorageBuffer, readBuffer } from '../gpu/buffers.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import type { ArrowCompactionPlan } from '../reference/arrowCompaction.ts';
import type { DrawFilter, FaceCompactionPlan } from '../reference/faceCompaction.ts';

/** What a compaction found: `found` items, `voxels` drawn (faces only), `overflow` that did not fit. */
export interface CompactionCounts {
  readonly found: number;
  readonly voxels: number;
  readonly overflow: number;
}

/**
 * A compaction on the GPU: `encode` records passes that fill `records` (two u32 per instance; also a vertex buffer)
 * and `drawArguments` (indexed indirect); it neither submits nor reads back.
 */
export interface Compaction<Inputs> {
  readonly records: GPUBuffer;
  readonly drawArguments: GPUBuffer;
  readonly capacity: number;
  encode(encoder: GPUCommandEncoder, inputs: Inputs, filter: DrawFilter): void;
  /** Counts of the last submitted `encode`; for the page's numbers, never on the drawing path. */
  readCounts(): Promise<CompactionCounts>;
  destroy(): void;
}

const VERTEX = 0x20;
const INDIRECT = 0x100;
const UNIFORM_COPY_DST = 0x40 | 0x08;

interface Target {
  readonly counters: GPUBuffer;
  readonly records: GPUBuffer;
  readonly drawArguments: GPUBuffer;
  readonly parameters: GPUBuffer;
  readonly finish: (pass: GPUComputePassEncoder) => void;
  readonly destroy: () => void;
}

function createTarget(
  device: GPUDevice,
  label: string,
  capacity: number,
  indexCount: number,
  parameterBytes: number,
): Target {
  const counters = createStorageBuffer(device, `${label} counters`, 16);
  const records = createStorageBuffer(device, `${label} records`, capacity * 8, VERTEX);
  const drawArguments = createStorageBuffer(device, `${label} draw arguments`, 20, INDIRECT);
  const parameters = device.createBuffer({
    label: `${label} parameters`,
    size: parameterBytes,
    usage: UNIFORM_COPY_DST,
  });
  const kernel = createKernel(device, 'finish draw', finishWgsl, { capacity, indexCount });
  const group = kernel.bind([{ buffer: counters }, { buffer: drawArguments }]);
  return {
    counters,
    records,
    drawArguments,
    parameters,
    finish: (pass) => kernel.encode(pass, group, [1]),
    destroy() {
      for (const buffer of [counters, records, drawArguments, parameters]) buffer.destroy();
    },
  };
}

async function readCounts(device: GPUDevice, counters: GPUBuffer): Promise<CompactionCounts> {
  const [found, voxels, overflow] = new Uint32Array(await readBuffer(device, counters, 16));
  return { found: found!, voxels: voxels!, overflow: overflow! };
}

/**
 * Compaction of exposed voxel faces. Input: labels, u8 packed 4 per u32, z fastest. `indexCount` indices per instance.
 * Twin: `compactFaces` in src/reference/faceCompaction.ts, which also defines the record layout.
 */
export function createFaceCompaction(
  device: GPUDevice,
  plan: FaceCompactionPlan,
  indexCount = 6,
): Compaction<{ readonly labels: GPUBuffer }> {
  const target = createTarget(device, 'faces', plan.capacity, indexCount, 32);
  const kernel = createKernel(device, 'face compaction', faceWgsl);
  const workgroups = coverInvocations(Math.ceil(plan.voxelCount / 4), 64);
  const uniform = new Uint32Array(8);
  return {
    ...target,
    capacity: plan.capacity,
    encode(encoder, { labels }, filter) {
      uniform.set([...plan.size, filter.visibleClasses, filter.firstSlice, filter.lastSlice]);
      uniform.set([plan.freeLabel, plan.capacity], 6);
      device.queue.writeBuffer(target.parameters, 0, uniform);
      encoder.clearBuffer(target.counters);
      const pass = encoder.beginComputePass({ label: 'face compaction' });
      const buffers = [labels, target.parameters, target.counters, target.records];
      kernel.encode(pass, kernel.bind(buffers.map((buffer) => ({ buffer }))), workgroups);
      target.finish(pass);
      pass.end();
    },
    readCounts: () => readCounts(device, target.counters),
  };
}

/**
 * Compaction of flow arrows. Inputs: labels as above and flow, pack2x16float(vx, vy) m/s, one u32 per voxel.
 * Twin: `compactArrows` in src/reference/arrowCompaction.ts.
 */
export function createArrowCompaction(
  device: GPUDevice,
  plan: ArrowCompactionPlan,
  indexCount: number,
): Compaction<{ readonly labels: GPUBuffer; readonly flow: GPUBuffer }> {
  const target = createTarget(device, 'arrows', plan.capacity, indexCount, 48);
  const kernel = createKernel(device, 'arrow compaction', arrowWgsl);
  const workgroups = coverInvocations(plan.squares, 64);
  const uniform = new Uint32Array(12);
  const floats = new Float32Array(uniform.buffer);
  return {
    ...target,
    capacity: plan.capacity,
    encode(encoder, { labels, flow }, filter) {
      uniform.set([...plan.size, filter.visibleClasses, filter.firstSlice, filter.lastSlice]);
      uniform.set([plan.freeLabel, plan.capacity, plan.dynamicClasses, plan.clusterSize], 6);
      floats[10] = plan.minimumSpeed;
      device.queue.writeBuffer(target.parameters, 0, uniform);
      encoder.clearBuffer(target.counters);
      const pass = encoder.beginComputePass({ label: 'arrow compaction' });
      const buffers = [labels, flow, target.parameters, target.counters, target.records];
      kernel.encode(pass, kernel.bind(buffers.map((buffer) => ({ buffer }))), workgroups);
      target.finish(pass);
      pass.end();
    },
    readCounts: () => readCounts(device, target.counters),
  };
}
