/** How many voxels carry each of the labels 0..classCount-1; other values are not counted. */
export function countLabels(labels: Uint8Array, classCount: number): Uint32Array {
  const counts = new Uint32Array(256);
  for (let index = 0; index < labels.length; index++) counts[labels[index]!]!++;
  return counts.slice(0, classCount);
}
