import warpMemoryWgsl from '../../shaders/memory/warpMemory.wgsl?raw';
import { OccuscopeError } from '../errors/catalogue.ts';
import { filledText, z } from '../errors/schema.ts';
import { createStorageBuffer, writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import { computePreviousIndexFromIndex } from './geometry.ts';
import { gridSchema } from './gridSchema.ts';
import { countElements, type FrameGeometry, type GpuStage, type Shape } from './stage.ts';

/** Manifest entry of a memory warp: a feature grid of the previous frame, moved by the ego motion into this frame. */
export const memoryWarpSchema = z.strictObject({
  kind: z.literal('memory-warp'),
  in: filledText(),
  out: filledText(),
  /** 2: a bird's-eye grid moves as a horizontal plane; 3: full rigid motion. */
  dimensions: z.union([z.literal(2), z.literal(3)]),
  layout: z.enum(['cyx', 'czyx']),
  grid: gridSchema,
  /** Which place of its cell an index stands for. SOLOFusion and its descendants take the lower edge. */
  index: z.enum(['lower-edge', 'centre']),
  /** What lies outside the previous grid: zeros, or the nearest cell inside. */
  padding: z.enum(['zeros', 'border']),
  /** 2D only: z in metres of the plane that moves. The research code of the SOLOFusion family computes with 1. */
  planeHeight: z.optional(z.number()),
});

export type MemoryWarpEntry = z.infer<typeof memoryWarpSchema>;

/** What the stage needs beside its tensor and the frame's motion. */
export interface MemoryWarpPlan {
  readonly entry: MemoryWarpEntry;
  readonly channels: number;
  /** Cells along x, y and z; z is 1 in 2D. */
  readonly size: readonly [number, number, number];
  /** Grid index (a fraction) of the plane that moves, 2D only. */
  readonly planeIndex: number;
  /** Place of an index within its cell: 0 = lower edge, 0.5 = centre. */
  readonly anchor: 0 | 0.5;
  readonly outShape: Shape;
}

/** The borrowed tensors, f32 of the same shape. They must not be the same buffer. */
export interface MemoryWarpBuffers {
  readonly in: GPUBuffer;
  readonly out: GPUBuffer;
}

/** Channels that one invocation moves: enough to share the corner weights, few enough to fill a GPU on small grids. */
const channelBlock = 16;

/**
 * Plan a memory warp for a tensor of this shape: [.., y, x] for 'cyx' or [.., z, y, x] for 'czyx', all axes in front being channels.
 * Throws `model-manifest-invalid` when layout, dimensions, grid and shape do not agree.
 */
export function planMemoryWarp(entry: MemoryWarpEntry, shape: Shape): MemoryWarpPlan {
  const spatial = entry.layout.length - 1;
  if (spatial !== entry.dimensions) refuse(`layout "${entry.layout}" is not for ${entry.dimensions} dimensions`);
  const [nx, ny, nz] = entry.grid.size;
  const expected = entry.dimensions === 2 ? [ny, nx] : [nz, ny, nx];
  if (shape.slice(-spatial).join() !== expected.join()) {
    refuse(`tensor "${entry.in}" has shape [${shape}], but the grid is [${expected}] in its last axes`);
  }
  if (entry.dimensions === 2 && nz !== 1) refuse(`a 2D grid needs one z slice, not ${nz}`);
  if (entry.dimensions === 3 && entry.planeHeight !== undefined) refuse('planeHeight is for 2 dimensions only');
  const anchor = entry.index === 'centre' ? 0.5 : 0;
  const planeIndex = ((entry.planeHeight ?? 0) - entry.grid.lower[2]) / entry.grid.voxel[2] - anchor;
  return {
    entry,
    channels: countElements(shape.slice(0, -spatial)),
    size: [nx, ny, entry.dimensions === 2 ? 1 : nz],
    planeIndex,
    anchor,
    outShape: shape,
  };
}

function refuse(fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: `memory-warp: ${fault}.` });
}

/**
 * Three rows of four, from grid indices (x, y, z, 1) of this frame to those of the previous frame, and a fourth row whose first
 * value is 1, or 0 when there is no previous frame.
 */
export function computeWarpMatrix(plan: MemoryWarpPlan, geometry: FrameGeometry): Float32Array {
  const matrix = new Float32Array(16);
  if (geometry.previousEgoFromEgo === null) return matrix;
  matrix.set(computePreviousIndexFromIndex(geometry.previousEgoFromEgo, plan.entry.grid, plan.anchor));
  matrix[12] = 1;
  return matrix;
}

/** Create the stage on the GPU. Without a previous frame it writes zeros. */
export function createMemoryWarp(context: GpuContext, plan: MemoryWarpPlan, buffers: MemoryWarpBuffers): GpuStage {
  const { device } = context;
  const matrix = createStorageBuffer(device, 'memory-warp matrix', 64);
  const kernel = createKernel(device, 'memory-warp', warpMemoryWgsl, {
    CHANNELS: plan.channels,
    BLOCK: channelBlock,
    SIZE_X: plan.size[0],
    SIZE_Y: plan.size[1],
    SIZE_Z: plan.size[2],
    DIMENSIONS: plan.entry.dimensions,
    Z_PLANE: plan.planeIndex,
    BORDER: plan.entry.padding === 'border' ? 1 : 0,
  });
  const group = kernel.bind([{ buffer: matrix }, { buffer: buffers.in }, { buffer: buffers.out }]);
  const [x, y] = coverInvocations(countElements(plan.size), 64);
  const blocks = Math.ceil(plan.channels / channelBlock);
  return {
    kind: 'memory-warp',
    update(geometry) {
      writeBuffer(device, matrix, computeWarpMatrix(plan, geometry));
    },
    encode(encoder) {
      const pass = encoder.beginComputePass({ label: 'memory-warp' });
      kernel.encode(pass, group, [x, y, blocks]);
      pass.end();
    },
    destroy() {
      matrix.destroy();
    },
  };
}
