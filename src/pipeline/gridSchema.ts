import { z } from 'zod';

const vector = z.tuple([z.number(), z.number(), z.number()]).readonly();
const lengths = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]).readonly();
const count = z.int().min(1);

/** A `GridSpec` in a manifest: metres, ego frame, sizes as [nx, ny, nz]. */
export const gridSchema = z.strictObject({
  lower: vector,
  voxel: lengths,
  size: z.tuple([count, count, count]).readonly(),
});
