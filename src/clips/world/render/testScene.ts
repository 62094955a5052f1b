import type { Vector3 } from '../../../domain/geometry.ts';
import type { Material, Mesh, Pattern, Weather, WorldCamera, WorldInstant } from '../model.ts';

/** Small scenes for the renderer's own tests and benchmark. */

export function makeMaterial(
  pattern: Pattern,
  segmentation: number,
  colour: Vector3,
  extra: Partial<Material> = {},
): Material {
  return { name: pattern, label: 0, segmentation, colour, secondColour: colour, pattern, scale: 1, seed: 1, ...extra };
}

export const clearNoon: Weather = {
  sunDirection: [0.45, 0.35, 0.82],
  sunColour: [2.6, 2.45, 2.2],
  skyZenith: [0.22, 0.38, 0.75],
  skyHorizon: [0.62, 0.72, 0.85],
  cloudCover: 0.4,
  fogDensity: 0.002,
  exposure: 1,
  wetness: 0,
  night: 0,
  noise: 1,
};

export function joinMeshes(meshes: readonly Mesh[]): Mesh {
  const total = (pick: (mesh: Mesh) => number) => meshes.reduce((sum, mesh) => sum + pick(mesh), 0);
  const joined = {
    positions: new Float32Array(total((m) => m.positions.length)),
    surface: new Float32Array(total((m) => m.surface.length)),
    indices: new Uint32Array(total((m) => m.indices.length)),
    materials: new Uint16Array(total((m) => m.materials.length)),
  };
  let vertex = 0;
  let triangle = 0;
  for (const mesh of meshes) {
    joined.positions.set(mesh.positions, vertex * 3);
    joined.surface.set(mesh.surface, vertex * 2);
    joined.indices.set(
      mesh.indices.map((index) => index + vertex),
      triangle * 3,
    );
    joined.materials.set(mesh.materials, triangle);
    vertex += mesh.positions.length / 3;
    triangle += mesh.materials.length;
  }
  return joined;
}

/** A parallelogram from `origin` along two edges. */
export function makeQuad(origin: Vector3, along: Vector3, up: Vector3, material: number): Mesh {
  const corner = (a: number, b: number) => [0, 1, 2].map((k) => origin[k]! + a * along[k]! + b * up[k]!);
  const long = Math.hypot(...along);
  const tall = Math.hypot(...up);
  return {
    positions: Float32Array.from([...corner(0, 0), ...corner(1, 0), ...corner(1, 1), ...corner(0, 1)]),
    surface: Float32Array.from([0, 0, long, 0, long, tall, 0, tall]),
    indices: Uint32Array.from([0, 1, 2, 0, 2, 3]),
    materials: Uint16Array.from([material, material]),
  };
}

/** An axis-aligned box without a bottom. */
export function makeBox(lower: Vector3, upper: Vector3, material: number): Mesh {
  const [x, y, z] = lower;
  const dx: Vector3 = [upper[0] - x, 0, 0];
  const dy: Vector3 = [0, upper[1] - y, 0];
  const dz: Vector3 = [0, 0, upper[2] - z];
  return joinMeshes([
    makeQuad(lower, dx, dz, material),
    makeQuad([upper[0], y, z], dy, dz, material),
    makeQuad([upper[0], upper[1], z], [-dx[0], 0, 0], dz, material),
    makeQuad([x, upper[1], z], [0, -dy[1], 0], dz, material),
    makeQuad([x, y, upper[2]], dx, dy, material),
  ]);
}

export function makeSphere(centre: Vector3, radius: number, segments: number, material: number): Mesh {
  const positions: number[] = [];
  const surface: number[] = [];
  const indices: number[] = [];
  const rings = segments / 2;
  for (let j = 0; j <= rings; j++) {
    for (let i = 0; i <= segments; i++) {
      const a = (2 * Math.PI * i) / segments;
      const b = (Math.PI * j) / rings;
      positions.push(centre[0] + radius * Math.sin(b) * Math.cos(a));
      positions.push(centre[1] + radius * Math.sin(b) * Math.sin(a));
      positions.push(centre[2] + radius * Math.cos(b));
      surface.push(a * radius, b * radius);
      if (i === segments || j === rings) continue;
      const at = j * (segments + 1) + i;
      indices.push(at, at + 1, at + segments + 1, at + 1, at + segments + 2, at + segments + 1);
    }
  }
  return {
    positions: Float32Array.from(positions),
    surface: Float32Array.from(surface),
    indices: Uint32Array.from(indices),
    materials: new Uint16Array(indices.length / 3).fill(material),
  };
}

export function makeInstant(
  materials: readonly Material[],
  meshes: readonly Mesh[],
  weather: Partial<Weather> = {},
): WorldInstant {
  const statics = meshes.map((mesh) => {
    const lower: [number, number, number] = [Infinity, Infinity, Infinity];
    const upper: [number, number, number] = [-Infinity, -Infinity, -Infinity];
    mesh.positions.forEach((value, i) => {
      lower[i % 3] = Math.min(lower[i % 3]!, value);
      upper[i % 3] = Math.max(upper[i % 3]!, value);
    });
    return { mesh, lower, upper };
  });
  return { materials, statics, actors: [], lamps: [], weather: { ...clearNoon, ...weather }, seed: 7 };
}

/** A camera at `position` that looks along the level direction `yaw` (radians from world x toward y). */
export function makeCamera(position: Vector3, yaw: number, width: number, height: number, focal: number): WorldCamera {
  const c = Math.cos(yaw);
  const s = Math.sin(yaw);
  return {
    width,
    height,
    intrinsics: Float64Array.from([focal, 0, (width - 1) / 2, 0, focal, (height - 1) / 2, 0, 0, 1]),
    worldFromCamera: Float64Array.from([
      s,
      0,
      c,
      position[0],
      -c,
      0,
      s,
      position[1],
      0,
      -1,
      0,
      position[2],
      0,
      0,
      0,
      1,
    ]),
  };
}
