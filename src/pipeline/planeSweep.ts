import planeSweepWgsl from '../../shaders/memory/planeSweep.wgsl?raw';
import { OccuscopeError } from '../errors/catalogue.ts';
import { filledList, filledText, positiveNumber, z } from '../errors/schema.ts';
import { invertRigid, multiplyMatrix4 } from '../geometry/rigid.ts';
import { createStorageBuffer, writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import { invertMatrix3, samplePixels } from './geometry.ts';
import { countElements, type FrameGeometry, type GpuStage, type NetworkCamera, type Shape } from './stage.ts';

/**
 * Manifest entry of a plane sweep (temporal stereo): how alike each cell of this frame's feature maps, put at each depth, is to
 * what the previous frame saw there.
 */
export const planeSweepSchema = z.strictObject({
  kind: z.literal('plane-sweep'),
  /** A state tensor [cameras, h, w, C] that a stage before this one writes: the previous frame's is compared with this frame's. */
  in: filledText(),
  /** [cameras, bins, h, w]. */
  out: filledText(),
  /** Metres along the camera's z axis, one per bin. */
  depths: filledList(positiveNumber()),
  pixels: z.enum(['linspace', 'centres']),
});

export type PlaneSweepEntry = z.infer<typeof planeSweepSchema>;

/** What the stage needs beside its tensors and the frame's calibration. */
export interface PlaneSweepPlan {
  readonly entry: PlaneSweepEntry;
  readonly cameras: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly outShape: Shape;
}

/** The borrowed tensors, f32; descriptors have their channels innermost. */
export interface PlaneSweepBuffers {
  readonly current: GPUBuffer;
  readonly previous: GPUBuffer;
  readonly out: GPUBuffer;
}

/** Points nearer to a camera of the previous frame, metres along its z axis, are not looked up. */
export const NEAREST_METRES = 0.5;

/** Floats in front of the maps, of which the first says whether there is a previous frame. */
const HEADER_FLOATS = 4;
const MAP_FLOATS = 12;

/** Plan a plane sweep over descriptors of this shape. Throws `model-manifest-invalid` where it is not [cameras, h, w, 4 k]. */
export function planPlaneSweep(entry: PlaneSweepEntry, shape: Shape): PlaneSweepPlan {
  if (shape.length !== 4) refuse(`tensor "${entry.in}" has shape [${shape}], but four axes are needed`);
  const [cameras, rows, columns, channels] = shape as [number, number, number, number];
  if (rows < 2 || columns < 2) refuse(`tensor "${entry.in}" is ${columns} x ${rows} cells; 2 x 2 are the least`);
  if (channels % 4 !== 0) refuse(`tensor "${entry.in}" has ${channels} channels, which is no multiple of 4`);
  const outShape = [cameras, entry.depths.length, rows, columns];
  if (countElements(outShape) >= 2 ** 31) refuse('is too large for 32-bit indices');
  return { entry, cameras, rows, columns, channels, outShape };
}

function refuse(fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: `plane-sweep: ${fault}.` });
}

/**
 * (1, 0, 0, 0), or zeros where there is no previous frame; then, for each camera of this frame and each of the previous one, three
 * rows of four: (d x, d y, d, 1) to (z u, z v, z), from cell (x, y) at depth d to cell (u, v) there at depth z (metres).
 * Fused in double precision.
 */
export function computeSweepMaps(plan: PlaneSweepPlan, geometry: FrameGeometry): Float32Array {
  const { cameras, entry, columns, rows } = plan;
  const packed = new Float32Array(HEADER_FLOATS + cameras * cameras * MAP_FLOATS);
  const { previousEgoFromEgo, previousCameras } = geometry;
  if (!previousEgoFromEgo || !previousCameras) return packed;
  if (geometry.cameras.length !== cameras || previousCameras.length !== cameras) {
    refuse(
      `needs ${cameras} cameras in both frames; they have ${geometry.cameras.length} and ${previousCameras.length}`,
    );
  }
  packed[0] = 1;
  const pixelFromCell = placeCells(entry, columns, rows, geometry);
  const cellFromPixel = invertMatrix3(pixelFromCell);
  geometry.cameras.forEach((own, n) => {
    const previousEgoFromOwn = multiplyMatrix4(previousEgoFromEgo, own.egoFromCamera);
    const rayFromCell = multiply3(invertMatrix3(own.intrinsics), pixelFromCell);
    previousCameras.forEach((other, m) => {
      const map = mapCells(cellFromPixel, other, previousEgoFromOwn, rayFromCell);
      packed.set(map, HEADER_FLOATS + (n * cameras + m) * MAP_FLOATS);
    });
  });
  return packed;
}

/** Network pixel of cell (x, y), as a matrix on (x, y, 1). */
function placeCells(
  { pixels }: PlaneSweepEntry,
  columns: number,
  rows: number,
  { width, height }: FrameGeometry,
): Float64Array {
  const [u, v] = [samplePixels(pixels, columns, width), samplePixels(pixels, rows, height)];
  const span = (places: Float32Array) => (places.at(-1)! - places[0]!) / (places.length - 1);
  return Float64Array.of(span(u), 0, u[0]!, 0, span(v), v[0]!, 0, 0, 1);
}

function mapCells(
  cellFromPixel: Float64Array,
  other: NetworkCamera,
  previousEgoFromOwn: Float64Array,
  rayFromCell: Float64Array,
): number[] {
  const moved = multiplyMatrix4(invertRigid(other.egoFromCamera), previousEgoFromOwn);
  const shown = multiply3(cellFromPixel, Float64Array.from(other.intrinsics));
  const turned = Float64Array.from([0, 1, 2, 4, 5, 6, 8, 9, 10], (place) => moved[place]!);
  const directions = multiply3(multiply3(shown, turned), rayFromCell);
  return [0, 1, 2].flatMap((row) => {
    const offset = [0, 1, 2].reduce((sum, k) => sum + shown[row * 3 + k]! * moved[k * 4 + 3]!, 0);
    return [...directions.subarray(row * 3, row * 3 + 3), offset];
  });
}

function multiply3(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return [0, 1, 2].reduce((sum, k) => sum + a[row * 3 + k]! * b[k * 3 + column]!, 0);
  });
}

/** Create the stage on the GPU. Without a previous frame it writes zeros. */
export function createPlaneSweep(context: GpuContext, plan: PlaneSweepPlan, buffers: PlaneSweepBuffers): GpuStage {
  const { device } = context;
  const { cameras, rows, columns, channels } = plan;
  const depths = Float32Array.from(plan.entry.depths);
  const maps = createStorageBuffer(device, 'plane-sweep maps', (HEADER_FLOATS + cameras * cameras * MAP_FLOATS) * 4);
  const bins = createStorageBuffer(device, 'plane-sweep depths', depths.byteLength);
  writeBuffer(device, bins, depths);
  const kernel = createKernel(device, 'plane-sweep', planeSweepWgsl, {
    CAMERAS: cameras,
    WIDTH: columns,
    HEIGHT: rows,
    BLOCKS: channels / 4,
    BINS: depths.length,
    NEAREST: NEAREST_METRES,
  });
  const group = kernel.bind([
    { buffer: maps },
    { buffer: bins },
    { buffer: buffers.current },
    { buffer: buffers.previous },
    { buffer: buffers.out },
  ]);
  return {
    kind: 'plane-sweep',
    update(geometry) {
      writeBuffer(device, maps, computeSweepMaps(plan, geometry));
    },
    encode(encoder) {
      const pass = encoder.beginComputePass({ label: 'plane-sweep' });
      kernel.encode(pass, group, coverInvocations(countElements(plan.outShape), 64));
      pass.end();
    },
    destroy() {
      maps.destroy();
      bins.destroy();
    },
  };
}
