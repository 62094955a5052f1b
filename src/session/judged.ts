/** Labels with `free` where the truth judges nothing: there a prediction is neither right nor wrong. The same array where everything is judged. */
export function freeIgnored(labels: Uint8Array, ignored: Uint8Array | null | undefined, free: number): Uint8Array {
  return ignored ? labels.map((label, voxel) => (ignored[voxel] === 1 ? free : label)) : labels;
}

/** A mask without what is not judged; null (everywhere) becomes a mask where something is not. */
export function withoutIgnored(mask: Uint8Array | null, ignored: Uint8Array | null | undefined): Uint8Array | null {
  if (!ignored) return mask;
  return ignored.map((value, voxel) => (value === 1 || mask?.[voxel] === 0 ? 0 : 1));
}
