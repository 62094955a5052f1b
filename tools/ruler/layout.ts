/** Everything that the ruler's network, images and expected answer have to agree on. Lengths in metres. */
export const ruler = {
  grid: { lower: [-20, -20, -1], voxel: [1, 1, 1], size: [40, 40, 8] },
  /** Stored image; the network image is its lower part. */
  source: { width: 64, height: 40 },
  network: { width: 64, height: 32 },
  /** Every second pixel of every second row becomes a feature. */
  stride: 2,
  features: { width: 32, height: 16 },
  /** Along the camera's z axis. */
  depths: Array.from({ length: 16 }, (_, bin) => 2 + bin),
  /** Labels 0..16 have an evidence channel each; 17 is free. */
  evidenceChannels: 17,
  free: 17,
  /** Share of the previous frame's memory that stays. */
  decay: 0.5,
  /** A voxel is free below this much evidence. */
  freeEvidence: 0.2,
  carLabel: 4,
  pedestrianLabel: 7,
  /** Metres per second for one unit of flow output. */
  flowScale: 2,
} as const;

/** Evidence that one pixel of a class adds. Exact in binary, and different for each class so that counts do not tie. */
export function evidenceOf(label: number): number {
  return 1 + label / 64;
}

/** Pixel colour that says "this depth bin, this label". Red 0 says nothing; blue is a decoy that only a channel mix-up would read. */
export function colourOf(bin: number, label: number): readonly [number, number, number] {
  return [(bin + 1) * 8, label * 8, 255 - (bin + 1) * 8];
}

export const emptyColour: readonly [number, number, number] = [0, 0, 255];

/** Flow output for one unit of evidence, in the order that the head writes it: (y, x). */
export const flowWeights = { car: [0.25, 0.5], pedestrian: [-0.5, 0] } as const;
