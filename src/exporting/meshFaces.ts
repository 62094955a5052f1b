import type { ExportVolume, ShownPart } from './exportPage.ts';

/** The outer faces of the shown voxels of one class: metres in the ego frame, triangles that turn counter-clockwise seen from outside. */
export interface ClassMesh {
  readonly label: number;
  readonly name: string;
  readonly colour: readonly [number, number, number];
  /** x, y, z of each corner. */
  readonly positions: Float32Array<ArrayBuffer>;
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** Neighbour, and the corners of the face towards it, counter-clockwise from outside. */
const faces = [
  {
    step: [-1, 0, 0],
    corners: [
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 1],
      [0, 1, 0],
    ],
  },
  {
    step: [1, 0, 0],
    corners: [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
      [1, 0, 1],
    ],
  },
  {
    step: [0, -1, 0],
    corners: [
      [0, 0, 0],
      [1, 0, 0],
      [1, 0, 1],
      [0, 0, 1],
    ],
  },
  {
    step: [0, 1, 0],
    corners: [
      [0, 1, 0],
      [0, 1, 1],
      [1, 1, 1],
      [1, 1, 0],
    ],
  },
  {
    step: [0, 0, -1],
    corners: [
      [0, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
      [1, 0, 0],
    ],
  },
  {
    step: [0, 0, 1],
    corners: [
      [0, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
      [0, 1, 1],
    ],
  },
] as const;

/** Whether a voxel is drawn. */
export function isShown({ labels, grid, classes }: ExportVolume, shown: ShownPart, voxel: number): boolean {
  const label = labels[voxel]!;
  if (label === classes.free || shown.isHidden(label)) return false;
  const layer = voxel % grid.size[2];
  return layer >= shown.firstSlice && layer <= shown.lastSlice;
}

/** One mesh for each class that is shown; faces between two shown voxels are left out, and corners are shared within a class. */
export function meshFaces(volume: ExportVolume, shown: ShownPart): ClassMesh[] {
  const { labels, grid, classes } = volume;
  const [nx, ny, nz] = grid.size;
  const drawn = new Uint8Array(labels.length);
  for (let voxel = 0; voxel < labels.length; voxel++) drawn[voxel] = isShown(volume, shown, voxel) ? 1 : 0;
  const builders = new Map<number, MeshBuilder>();
  for (let x = 0; x < nx; x++)
    for (let y = 0; y < ny; y++)
      for (let z = 0; z < nz; z++) {
        const voxel = (x * ny + y) * nz + z;
        if (!drawn[voxel]) continue;
        const builder = builders.get(labels[voxel]!) ?? new MeshBuilder(ny, nz);
        builders.set(labels[voxel]!, builder);
        for (const { step, corners } of faces) {
          const [a, b, c] = [x + step[0], y + step[1], z + step[2]];
          const isInside = a >= 0 && a < nx && b >= 0 && b < ny && c >= 0 && c < nz;
          if (!isInside || !drawn[(a * ny + b) * nz + c]) builder.addFace(x, y, z, corners);
        }
      }
  return [...builders]
    .sort(([a], [b]) => a - b)
    .map(([label, builder]) => ({
      label,
      name: classes.classes[label]?.name ?? `label ${label}`,
      colour: shown.colourOf(label),
      positions: builder.placeCorners(grid.lower, grid.voxel),
      indices: Uint32Array.from(builder.indices),
    }));
}

class MeshBuilder {
  readonly indices: number[] = [];
  private readonly places = new Map<number, number>();
  private readonly ny: number;
  private readonly nz: number;

  constructor(ny: number, nz: number) {
    this.ny = ny + 1;
    this.nz = nz + 1;
  }

  addFace(x: number, y: number, z: number, corners: readonly (readonly [number, number, number])[]): void {
    const [a, b, c, d] = corners.map(([i, j, k]) => this.findCorner(x + i, y + j, z + k)) as [
      number,
      number,
      number,
      number,
    ];
    this.indices.push(a, b, c, a, c, d);
  }

  /** Corners in the order in which they were first met. */
  placeCorners(lower: readonly number[], voxel: readonly number[]): Float32Array<ArrayBuffer> {
    const positions = new Float32Array(this.places.size * 3);
    let at = 0;
    for (const corner of this.places.keys()) {
      const z = corner % this.nz;
      const y = Math.floor(corner / this.nz) % this.ny;
      const x = Math.floor(corner / (this.nz * this.ny));
      [x, y, z].forEach((cell, axis) => {
        positions[at + axis] = lower[axis]! + cell * voxel[axis]!;
      });
      at += 3;
    }
    return positions;
  }

  private findCorner(x: number, y: number, z: number): number {
    const corner = (x * this.ny + y) * this.nz + z;
    const known = this.places.get(corner) ?? this.places.size;
    this.places.set(corner, known);
    return known;
  }
}
