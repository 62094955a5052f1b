import addBlockOffsetsWgsl from '../../shaders/lift/addBlockOffsets.wgsl?raw';
import gatherCellsWgsl from '../../shaders/lift/gatherCells.wgsl?raw';
import locatePointsWgsl from '../../shaders/lift/locatePoints.wgsl?raw';
import orderRunsWgsl from '../../shaders/lift/orderRuns.wgsl?raw';
import scanBlocksWgsl from '../../shaders/lift/scanBlocks.wgsl?raw';
import scatterEntriesWgsl from '../../shaders/lift/scatterEntries.wgsl?raw';
import { OccuscopeError } from '../errors/catalogue.ts';
import { createStorageBuffer } from '../gpu/buffers.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import type { VoxelPoolPlan } from './voxelPoolPlan.ts';

/** The borrowed tensors: depth f32 [N,D,h,w], context f32 [N,h,w,C] or [N,C,h,w], out f32 of `outShape`. */
export interface VoxelPoolBuffers {
  readonly depth: GPUBuffer;
  readonly context: GPUBuffer;
  readonly out: GPUBuffer;
}

/** Intermediate buffers of the stage. */
export type VoxelPoolScratch = ReturnType<typeof createScratch>;
/** Records one dispatch. */
export type EncodePass = (pass: GPUComputePassEncoder) => void;

const scanBlock = 1024;

/** Allocate the intermediate buffers. Throws `gpu-limit-too-small`. */
export function createScratch(device: GPUDevice, plan: VoxelPoolPlan) {
  const entries = plan.points * plan.corners;
  const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  if (entries * 8 > limit) {
    throw new OccuscopeError('gpu-limit-too-small', {
      detail: `voxel-pool needs ${entries * 8} bytes, the limit is ${limit}.`,
    });
  }
  const create = (label: string, elements: number) => createStorageBuffer(device, `voxel-pool ${label}`, elements * 4);
  // Level 0 sums the cells, level 1 the totals of its blocks, and so on until one block holds everything.
  const scanLevels: GPUBuffer[] = [];
  const scanCounts: number[] = [];
  for (let count = plan.cells + 1; ; count = Math.ceil(count / scanBlock)) {
    scanCounts.push(count);
    scanLevels.push(create(`scan ${scanLevels.length}`, count));
    if (count <= scanBlock) break;
  }
  return {
    matrices: create('matrices', plan.cameras * 12),
    axes: create('axes', plan.columns + plan.rows + plan.bins),
    counts: create('counts', plan.cells + 1),
    totals: scanCounts.map((count, level) => create(`totals ${level}`, Math.ceil(count / scanBlock))),
    scanLevels,
    cellOfEntry: create('cell of entry', entries),
    shareOfEntry: create('share of entry', entries),
    unordered: create('unordered entries', entries),
    ordered: create('ordered entries', entries * 2),
  };
}

/** Passes that fill `counts`, `cellOfEntry` and `shareOfEntry` from the calibration; `counts` must be zero before. */
export function createLocatePasses(device: GPUDevice, plan: VoxelPoolPlan, scratch: VoxelPoolScratch): EncodePass[] {
  const [nx, ny, nz] = plan.grid.size;
  const { matrices, axes, counts, cellOfEntry, shareOfEntry } = scratch;
  const add = createPassBuilder(device);
  return [
    add('voxel-pool locate', locatePointsWgsl, [matrices, axes, counts, cellOfEntry, shareOfEntry], plan.points, 64, {
      COLUMNS: plan.columns,
      ROWS: plan.rows,
      BINS: plan.bins,
      CORNERS: plan.corners,
      POINTS: plan.points,
      SIZE_X: nx,
      SIZE_Y: ny,
      SIZE_Z: nz,
      FLOOR: plan.entry.index === 'floor' ? 1 : 0,
    }),
  ];
}

/** Passes that build the runs from located entries and sum them into `buffers.out`. */
export function createSumPasses(
  device: GPUDevice,
  plan: VoxelPoolPlan,
  buffers: VoxelPoolBuffers,
  scratch: VoxelPoolScratch,
): EncodePass[] {
  const { bins: BINS, channels: CHANNELS, corners: CORNERS, cells: CELLS, outStrides, contextStrides } = plan;
  const { cellOfEntry, shareOfEntry, unordered, ordered, counts, scanLevels } = scratch;
  const ENTRIES = plan.points * plan.corners;
  const starts = scanLevels[0]!;
  const add = createPassBuilder(device);
  return [
    ...createScanPasses(add, plan, scratch),
    add('voxel-pool scatter', scatterEntriesWgsl, [cellOfEntry, starts, counts, unordered], ENTRIES, 64, { ENTRIES }),
    add(
      'voxel-pool order',
      orderRunsWgsl,
      [starts, cellOfEntry, unordered, shareOfEntry, buffers.depth, ordered],
      ENTRIES,
      64,
      {
        CELLS,
        CORNERS,
        BINS,
        CHANNELS,
        PIXELS: plan.rows * plan.columns,
        PIXEL_STRIDE: contextStrides.pixel,
      },
    ),
    add(
      'voxel-pool gather',
      gatherCellsWgsl,
      [starts, ordered, buffers.context, buffers.out],
      CELLS * Math.ceil(CHANNELS / 4),
      64,
      {
        CELLS,
        CHANNELS,
        FEATURE_STRIDE: contextStrides.channel,
        SLICE: plan.grid.size[0] * plan.grid.size[1],
        OUT_SLICE_STRIDE: outStrides.slice,
        OUT_CELL_STRIDE: outStrides.cell,
        OUT_CHANNEL_STRIDE: outStrides.channel,
      },
    ),
  ];
}

type AddPass = ReturnType<typeof createPassBuilder>;

function createPassBuilder(device: GPUDevice) {
  return (
    label: string,
    wgsl: string,
    buffers: readonly GPUBuffer[],
    invocations: number,
    workgroupSize: number,
    constants: Record<string, number>,
  ): EncodePass => {
    const kernel = createKernel(device, label, wgsl, constants);
    const group = kernel.bind(buffers.map((buffer) => ({ buffer })));
    const workgroups = coverInvocations(invocations, workgroupSize);
    return (pass) => kernel.encode(pass, group, workgroups);
  };
}

/** Prefix sums of the counts: scan every level's blocks, then hand the sums down again. */
function createScanPasses(add: AddPass, plan: VoxelPoolPlan, scratch: VoxelPoolScratch): EncodePass[] {
  const passes: EncodePass[] = [];
  const counts = [plan.cells + 1];
  scratch.scanLevels.forEach((sums, level) => {
    const COUNT = counts[level]!;
    const values = level === 0 ? scratch.counts : scratch.totals[level - 1]!;
    const blocks = Math.ceil(COUNT / scanBlock);
    passes.push(
      add(`voxel-pool scan ${level}`, scanBlocksWgsl, [values, sums, scratch.totals[level]!], blocks * 64, 64, {
        COUNT,
      }),
    );
    counts.push(blocks);
  });
  for (let level = scratch.scanLevels.length - 2; level >= 0; level--) {
    const buffers = [scratch.scanLevels[level]!, scratch.scanLevels[level + 1]!];
    const COUNT = counts[level]!;
    passes.push(add(`voxel-pool add offsets ${level}`, addBlockOffsetsWgsl, buffers, COUNT, 256, { COUNT }));
  }
  return passes;
}
