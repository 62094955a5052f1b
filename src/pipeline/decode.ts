import { z } from 'zod';
import flowWgsl from '../../shaders/decode/flow.wgsl?raw';
import labelsWgsl from '../../shaders/decode/labels.wgsl?raw';
import type { ClassTable } from '../domain/classes.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { GridSpec, Vector3 } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import type { GpuStage, Shape } from './stage.ts';

const axisLetters = z.string().regex(/^(?!.*(.).*\1)[cxyz]+$/, 'is not made of distinct letters of "cxyz"');

/** Manifest entry of the decode stage: from the network's logits and flow to labels and metres per second. */
export const decodeSchema = z.strictObject({
  kind: z.literal('decode'),
  logits: z.string().min(1),
  /** Axis letters of `logits`, outermost first: a permutation of c, x, y, z. */
  layout: axisLetters.length(4),
  /** The first logit is a dummy class: label = index - 1. */
  dropFirst: z.boolean(),
  /** Label of empty space; it never carries flow. */
  free: z.int().min(0).max(254),
  flow: z.string().min(1).optional(),
  /** Axis letters of `flow`; a missing grid axis means that one vector serves all cells along it. */
  flowLayout: axisLetters.optional(),
  flowOrder: z.enum(['xy', 'yx']).optional(),
  /** Factor from the network's unit to metres per second. */
  flowScale: z.number().optional(),
  /** Labels that may carry flow; absent = all but free. */
  flowClasses: z.array(z.int().min(0).max(254)).optional(),
});

export type DecodeEntry = z.infer<typeof decodeSchema>;

/** Elements between neighbours along each axis of a tensor; 0 where the tensor does not have the axis. */
export interface VoxelStrides {
  readonly channel: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface FlowPlan {
  readonly strides: VoxelStrides;
  /** Tensor channel that holds vx; the other one holds vy. */
  readonly channelOfX: 0 | 1;
  readonly scale: number;
  /** 1 for each label that may carry flow. */
  readonly carries: Uint8Array;
}

export interface DecodePlan {
  readonly size: Vector3;
  readonly voxelCount: number;
  readonly labelCount: number;
  /** Index of the logit of label 0. */
  readonly firstLogit: 0 | 1;
  readonly strides: VoxelStrides;
  /** Three nested loops over the words of four labels, innermost first; innermost follows the logits' own order in memory. */
  readonly wordLoops: readonly { readonly count: number; readonly stride: number }[];
  readonly flow: FlowPlan | null;
  /** Bytes of the outputs: four labels to a u32, one u32 of flow to a voxel. */
  readonly labelBytes: number;
  readonly flowBytes: number;
}

/**
 * Plan the decode stage. `shapes` gives the shape of each tensor by name; leading axes of size 1 are ignored.
 * Throws `model-manifest-invalid` where layouts, shapes, grid and classes do not fit together.
 */
export function planDecode(
  entry: DecodeEntry,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
  classes: ClassTable = OCC3D_CLASSES,
): DecodePlan {
  const logits = readAxes(entry.logits, entry.layout, shapes, grid);
  if ([...'cxyz'].some((letter) => !entry.layout.includes(letter))) refuse(`layout "${entry.layout}" lacks an axis`);
  const firstLogit = entry.dropFirst ? 1 : 0;
  const labelCount = logits.channels - firstLogit;
  if (labelCount !== classes.classes.length) {
    refuse(`"${entry.logits}" gives ${labelCount} labels; ${classes.id} has ${classes.classes.length}`);
  }
  if (entry.free !== classes.free) refuse(`free is ${entry.free}; in ${classes.id} it is ${classes.free}`);
  const voxelCount = grid.size[0] * grid.size[1] * grid.size[2];
  return {
    size: grid.size,
    voxelCount,
    labelCount,
    firstLogit,
    strides: logits.strides,
    wordLoops: orderWords(grid.size, logits.strides),
    flow: planFlow(entry, shapes, grid, labelCount),
    labelBytes: Math.ceil(voxelCount / 4) * 4,
    flowBytes: entry.flow === undefined ? 0 : voxelCount * 4,
  };
}

function planFlow(
  entry: DecodeEntry,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
  labelCount: number,
): FlowPlan | null {
  if (entry.flow === undefined) {
    const orphan = (['flowLayout', 'flowOrder', 'flowScale', 'flowClasses'] as const).find(
      (key) => entry[key] !== undefined,
    );
    if (orphan) refuse(`${orphan} is given without flow`);
    return null;
  }
  if (!entry.flowLayout) refuse('flow needs flowLayout');
  const { strides, channels } = readAxes(entry.flow, entry.flowLayout, shapes, grid);
  if (channels !== 2) refuse(`"${entry.flow}" has ${channels} channels; flow has 2`);
  const carries = new Uint8Array(labelCount);
  if (entry.flowClasses) {
    for (const label of entry.flowClasses) {
      if (label >= labelCount) refuse(`flowClasses names label ${label}; there are ${labelCount}`);
      carries[label] = 1;
    }
  } else carries.fill(1);
  carries[entry.free] = 0;
  return { strides, channelOfX: entry.flowOrder === 'yx' ? 1 : 0, scale: entry.flowScale ?? 1, carries };
}

/** Strides of a tensor by its axis letters, checked against the grid. */
function readAxes(
  name: string,
  layout: string,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
): { strides: VoxelStrides; channels: number } {
  const given = shapes.get(name);
  if (!given) refuse(`tensor "${name}" is produced by no stage`);
  const batch = given.length - layout.length;
  const shape = given.slice(Math.max(batch, 0));
  if (batch < 0 || given.slice(0, batch).some((size) => size !== 1)) {
    refuse(`"${name}" has shape [${given}], which is not laid out as "${layout}"`);
  }
  const strides = { c: 0, x: 0, y: 0, z: 0 };
  const sizes = { c: 0, x: grid.size[0], y: grid.size[1], z: grid.size[2] };
  let stride = 1;
  for (let axis = layout.length - 1; axis >= 0; axis--) {
    const letter = layout[axis] as keyof typeof strides;
    const size = shape[axis]!;
    if (letter === 'c') sizes.c = size;
    else if (size !== sizes[letter])
      refuse(`"${name}" has ${size} cells along ${letter}; the grid has ${sizes[letter]}`);
    strides[letter] = stride;
    stride *= size;
  }
  if (sizes.c === 0) refuse(`layout "${layout}" of "${name}" lacks the channel axis c`);
  return { strides: { channel: strides.c, x: strides.x, y: strides.y, z: strides.z }, channels: sizes.c };
}

/**
 * Order in which invocations take the output words, so that neighbours read neighbouring logits.
 * Words that would straddle two columns (size z no multiple of four) are taken in output order.
 */
function orderWords([sizeX, sizeY, sizeZ]: Vector3, strides: VoxelStrides): { count: number; stride: number }[] {
  const one = { count: 1, stride: 0 };
  if (sizeZ % 4 !== 0) return [{ count: Math.ceil((sizeX * sizeY * sizeZ) / 4), stride: 1 }, one, one];
  const loops = [
    { count: sizeX, stride: (sizeY * sizeZ) / 4, memory: strides.x },
    { count: sizeY, stride: sizeZ / 4, memory: strides.y },
    { count: sizeZ / 4, stride: 1, memory: strides.z },
  ];
  return loops.sort((a, b) => a.memory - b.memory).map(({ count, stride }) => ({ count, stride }));
}

/** Buffers of the decode stage; `flow` and `flowOut` are null exactly when the plan has no flow. */
export interface DecodeBuffers {
  /** The tensors named in the manifest entry. */
  readonly logits: GPUBuffer;
  readonly flow: GPUBuffer | null;
  /** u8 labels, four to a u32, little endian, z fastest; `labelBytes` long. */
  readonly labels: GPUBuffer;
  /** pack2x16float(vx, vy) in metres per second, one u32 to a voxel, z fastest; `flowBytes` long. */
  readonly flowOut: GPUBuffer | null;
}

/** Create the decode stage on the GPU. Ties between logits go to the lowest label. */
export function createDecode(context: GpuContext, plan: DecodePlan, buffers: DecodeBuffers): GpuStage {
  const { device } = context;
  const [inner, middle, outer] = plan.wordLoops as [WordLoop, WordLoop, WordLoop];
  const labelSettings = uploadSettings(device, 'decode labels', [
    ...plan.size,
    plan.labelCount,
    ...listStrides(plan.strides),
    inner.count,
    inner.stride,
    middle.count,
    middle.stride,
    outer.count,
    outer.stride,
    plan.firstLogit,
    0,
  ]);
  const labelsKernel = createKernel(device, 'decode labels', labelsWgsl);
  const labelsGroup = labelsKernel.bind([
    { buffer: labelSettings },
    { buffer: buffers.logits },
    { buffer: buffers.labels },
  ]);
  const flow = plan.flow ? createFlowPass(device, plan, plan.flow, buffers) : null;
  return {
    kind: 'decode',
    update() {},
    encode(encoder) {
      const pass = encoder.beginComputePass({ label: 'decode' });
      labelsKernel.encode(pass, labelsGroup, coverInvocations(plan.labelBytes / 4, 64));
      flow?.encode(pass);
      pass.end();
    },
    destroy() {
      labelSettings.destroy();
      flow?.destroy();
    },
  };
}

type WordLoop = DecodePlan['wordLoops'][number];

function createFlowPass(device: GPUDevice, plan: DecodePlan, flow: FlowPlan, buffers: DecodeBuffers) {
  if (!buffers.flow || !buffers.flowOut) throw new TypeError('The plan has flow but its buffers are missing.');
  const mask = new Uint32Array(8);
  flow.carries.forEach((carries, label) => {
    if (carries) mask[label >> 5]! |= 1 << (label & 31);
  });
  const scaleBits = new Uint32Array(Float32Array.of(flow.scale).buffer)[0]!;
  const settings = uploadSettings(device, 'decode flow', [
    ...plan.size,
    flow.channelOfX,
    ...listStrides(flow.strides),
    ...mask,
    scaleBits,
    0,
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
    encode: (pass: GPUComputePassEncoder) => kernel.encode(pass, group, coverInvocations(plan.voxelCount, 64)),
    destroy: () => settings.destroy(),
  };
}

function listStrides({ x, y, z, channel }: VoxelStrides): number[] {
  return [x, y, z, channel];
}

function uploadSettings(device: GPUDevice, label: string, values: readonly number[]): GPUBuffer {
  const words = Uint32Array.from(values);
  const buffer = device.createBuffer({ label: `${label} settings`, size: words.byteLength, usage: 0x40 | 0x08 }); // UNIFORM | COPY_DST
  writeBuffer(device, buffer, words);
  return buffer;
}

function refuse(fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: `${fault}.` });
}
