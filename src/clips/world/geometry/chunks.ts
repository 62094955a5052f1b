import type { Vector3 } from '../../../domain/geometry.ts';
import type { Mesh } from '../model.ts';
import { MeshBuilder } from './meshBuilder.ts';

const TILE = 32;

/** Static triangles split into square tiles of 32 m, so that a frame touches only what is near. */
export class ChunkedStatics {
  private readonly builders = new Map<string, MeshBuilder>();

  /** The builder for things standing at (x, y), already placed there. */
  at(x: number, y: number, z = 0, yaw = 0): MeshBuilder {
    const key = `${Math.floor(x / TILE)},${Math.floor(y / TILE)}`;
    let builder = this.builders.get(key);
    if (!builder) {
      builder = new MeshBuilder();
      this.builders.set(key, builder);
    }
    return builder.place(x, y, z, yaw);
  }

  build(): { mesh: Mesh; lower: Vector3; upper: Vector3 }[] {
    return [...this.builders.values()]
      .filter((builder) => builder.triangleCount > 0)
      .map((builder) => boundMesh(builder.build()));
  }
}

function boundMesh(mesh: Mesh): { mesh: Mesh; lower: Vector3; upper: Vector3 } {
  const lower: [number, number, number] = [1e9, 1e9, 1e9];
  const upper: [number, number, number] = [-1e9, -1e9, -1e9];
  for (let i = 0; i < mesh.positions.length; i++) {
    const axis = (i % 3) as 0 | 1 | 2;
    const value = mesh.positions[i]!;
    if (value < lower[axis]) lower[axis] = value;
    if (value > upper[axis]) upper[axis] = value;
  }
  return { mesh, lower, upper };
}
