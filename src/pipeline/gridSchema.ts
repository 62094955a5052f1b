import { lengths3, vector3, wholeNumber, z } from '../errors/schema.ts';

const count = wholeNumber(1);

/** A `GridSpec` in a manifest: metres, ego frame, sizes as [nx, ny, nz]. */
export const gridSchema = z.strictObject({
  lower: z.readonly(vector3()),
  voxel: z.readonly(lengths3()),
  size: z.readonly(z.tuple([count, count, count])),
});
