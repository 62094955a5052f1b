import type { GridSpec } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { filledList, filledText, positiveNumber, z } from '../errors/schema.ts';
import { computeGridFromPixel, samplePixels } from './geometry.ts';
import { gridSchema } from './gridSchema.ts';
import type { FrameGeometry, Shape } from './stage.ts';

/**
 * Manifest entry of a voxel pooling stage (BEVPoolv2): every pixel's features go to the cells that its depth bins fall into,
 * weighted with the bins' probabilities.
 */
export const voxelPoolSchema = z.strictObject({
  kind: z.literal('voxel-pool'),
  depth: filledText(),
  context: filledText(),
  out: filledText(),
  /** Metres along the camera's z axis, one per bin. */
  depths: filledList(positiveNumber()),
  depthLayout: z.literal('ndhw'),
  contextLayout: z.enum(['nhwc', 'nchw']),
  pixels: z.enum(['linspace', 'centres']),
  /** Rounding of grid coordinates for nearest filling; soft filling always takes the cell below. */
  index: z.enum(['trunc', 'floor']),
  filling: z.enum(['nearest', 'soft']),
  grid: gridSchema,
  outLayout: z.enum(['zyxc', 'czyx', 'zcyx']),
});

export type VoxelPoolEntry = z.infer<typeof voxelPoolSchema>;

/** What the stage needs beside its tensors; everything but the calibration is fixed here. */
export interface VoxelPoolPlan {
  readonly entry: VoxelPoolEntry;
  readonly grid: GridSpec;
  readonly cameras: number;
  readonly bins: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly points: number;
  /** Entries of one point: 1, or 8 with soft filling. */
  readonly corners: 1 | 8;
  readonly cells: number;
  /** Elements between neighbouring pixels and neighbouring channels of the context. */
  readonly contextStrides: { readonly pixel: number; readonly channel: number };
  /** Elements between z slices, cells of a slice, and channels of the output. */
  readonly outStrides: { readonly slice: number; readonly cell: number; readonly channel: number };
  readonly outShape: Shape;
}

/**
 * Plan a voxel pooling stage for tensors of these shapes (axes of size 1 in front are allowed).
 * The output shape is [1,nz,ny,nx,C] ('zyxc'), [1,C,nz,ny,nx] ('czyx', [1,C,ny,nx] for one slice) or [1,nz*C,ny,nx] ('zcyx').
 * Throws `model-manifest-invalid` when the shapes do not belong together.
 */
export function planVoxelPool(entry: VoxelPoolEntry, depthShape: Shape, contextShape: Shape): VoxelPoolPlan {
  const [cameras, bins, rows, columns] = readFourAxes(entry.depth, depthShape);
  const context = readFourAxes(entry.context, contextShape);
  const channelAxis = entry.contextLayout === 'nhwc' ? 3 : 1;
  const channels = context[channelAxis];
  const contextMap = context.filter((_, axis) => axis !== channelAxis);
  if (contextMap.join() !== [cameras, rows, columns].join()) {
    refuse(
      `tensor "${entry.context}" [${contextShape}] (${entry.contextLayout}) does not match tensor "${entry.depth}" [${depthShape}]`,
    );
  }
  if (entry.depths.length !== bins) {
    refuse(`lists ${entry.depths.length} depths, but tensor "${entry.depth}" has ${bins} bins`);
  }
  const [nx, ny, nz] = entry.grid.size;
  const corners = entry.filling === 'soft' ? 8 : 1;
  const points = cameras * bins * rows * columns;
  const cells = nx * ny * nz;
  if (points * corners >= 2 ** 31 || cells * channels >= 2 ** 31) refuse('is too large for 32-bit indices');
  return {
    entry,
    grid: entry.grid,
    cameras,
    bins,
    rows,
    columns,
    channels,
    points,
    corners,
    cells,
    contextStrides:
      entry.contextLayout === 'nhwc' ? { pixel: channels, channel: 1 } : { pixel: 1, channel: rows * columns },
    ...layOutCells(entry.outLayout, entry.grid, channels),
  };
}

function layOutCells(layout: VoxelPoolEntry['outLayout'], grid: GridSpec, channels: number) {
  const [nx, ny, nz] = grid.size;
  const slice = nx * ny;
  switch (layout) {
    case 'zyxc':
      return {
        outStrides: { slice: slice * channels, cell: channels, channel: 1 },
        outShape: [1, nz, ny, nx, channels],
      };
    case 'czyx':
      return {
        outStrides: { slice, cell: 1, channel: slice * nz },
        outShape: nz === 1 ? [1, channels, ny, nx] : [1, channels, nz, ny, nx],
      };
    case 'zcyx':
      return { outStrides: { slice: slice * channels, cell: 1, channel: slice }, outShape: [1, nz * channels, ny, nx] };
  }
}

function readFourAxes(name: string, shape: Shape): [number, number, number, number] {
  const extra = shape.length - 4;
  if (extra < 0 || shape.slice(0, extra).some((size) => size !== 1)) {
    refuse(`tensor "${name}" has shape [${shape}], but four axes are needed`);
  }
  return shape.slice(extra) as [number, number, number, number];
}

function refuse(fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: `voxel-pool: ${fault}.` });
}

/** Three rows of four for each camera: (u d, v d, d, 1) to grid coordinates. Throws when the number of cameras is not the plan's. */
export function computeFrustumMatrices(plan: VoxelPoolPlan, geometry: FrameGeometry): Float32Array {
  if (geometry.cameras.length !== plan.cameras) {
    refuse(`needs ${plan.cameras} cameras, but the frame has ${geometry.cameras.length}`);
  }
  const matrices = new Float32Array(plan.cameras * 12);
  geometry.cameras.forEach((camera, index) => {
    matrices.set(computeGridFromPixel(camera, plan.grid), index * 12);
  });
  return matrices;
}

/** u of every column and v of every row in network pixels, then the depth of every bin in metres. */
export function computeFrustumAxes(plan: VoxelPoolPlan, geometry: FrameGeometry): Float32Array {
  const { pixels, depths } = plan.entry;
  return Float32Array.from([
    ...samplePixels(pixels, plan.columns, geometry.width),
    ...samplePixels(pixels, plan.rows, geometry.height),
    ...depths,
  ]);
}
