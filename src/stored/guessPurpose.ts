import type { StoredArrays } from './openArrays.ts';
import type { StoredLayout } from './storedLayout.ts';

/** Folders in which data sets and their users keep labels. */
const truthFolders =
  /(^|\/)(gts\w*|openocc_v2|voxels|nuscenes_occ|surroundocc|occ_samples|nuscenes-occupancy[^/]*|occupancy)\//i;

/** Why files look like ground truth rather than predictions, in words for a person; null where they do not. */
export function guessPurpose(arrays: StoredArrays, path: string, { form }: StoredLayout): string | null {
  const mask = ['mask_camera', 'mask_lidar', 'final_voxel_state', 'origin_voxel_state', 'infov'].find((member) =>
    arrays.members.includes(member),
  );
  if (mask) return `The array “${mask}” comes with ground truth.`;
  if (/pred|result|submission/i.test(path)) return null;
  const folder = truthFolders.exec(path)?.[2];
  if (folder) return `Ground truth lies in folders called “${folder}”.`;
  if (form.startsWith('rows') || form === 'flat') return 'Rows of occupied voxels are how ground truth is published.';
  return null;
}
