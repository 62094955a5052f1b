import type { Vector3 } from '../../../domain/geometry.ts';
import type { Mesh } from '../model.ts';

type Corners = readonly [Vector3, Vector3, Vector3, Vector3];

const distance = (a: Vector3, b: Vector3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Collects triangles; shapes are given in a local frame that `place` puts into the mesh frame. Outsides wind counter-clockwise. */
export class MeshBuilder {
  private readonly positions: number[] = [];
  private readonly surface: number[] = [];
  private readonly indices: number[] = [];
  private readonly triangleMaterials: number[] = [];
  private origin: Vector3 = [0, 0, 0];
  private cos = 1;
  private sin = 0;

  get triangleCount(): number {
    return this.triangleMaterials.length;
  }

  /** Sets the local frame: translation and rotation about z. */
  place(x: number, y: number, z: number, yaw = 0): this {
    this.origin = [x, y, z];
    this.cos = Math.cos(yaw);
    this.sin = Math.sin(yaw);
    return this;
  }

  addVertex(point: Vector3, u: number, v: number): number {
    const [x, y, z] = point;
    const index = this.positions.length / 3;
    this.positions.push(
      this.origin[0] + this.cos * x - this.sin * y,
      this.origin[1] + this.sin * x + this.cos * y,
      this.origin[2] + z,
    );
    this.surface.push(u, v);
    return index;
  }

  addTriangle(a: number, b: number, c: number, material: number): void {
    this.indices.push(a, b, c);
    this.triangleMaterials.push(material);
  }

  /** Quad a-b-c-d; surface coordinates run from a to b (u) and from a to d (v) in metres. */
  addQuad(a: Vector3, b: Vector3, c: Vector3, d: Vector3, material: number, u0 = 0, v0 = 0): void {
    const u = distance(a, b);
    const v = distance(a, d);
    const first = this.addVertex(a, u0, v0);
    this.addVertex(b, u0 + u, v0);
    this.addVertex(c, u0 + u, v0 + v);
    this.addVertex(d, u0, v0 + v);
    this.addTriangle(first, first + 1, first + 2, material);
    this.addTriangle(first, first + 2, first + 3, material);
  }

  /** Fan over a convex polygon; surface coordinates are the local x and y. */
  addPolygon(points: readonly Vector3[], material: number): void {
    const first = points.map((point) => this.addVertex(point, point[0], point[1]))[0];
    if (first === undefined) return;
    for (let i = 2; i < points.length; i++) this.addTriangle(first, first + i - 1, first + i, material);
  }

  /** Six faces between two rectangles, each counter-clockwise seen from above. */
  addHexahedron(bottom: Corners, top: Corners, material: number, topMaterial = material): void {
    let u = 0;
    for (let i = 0; i < 4; i++) {
      const j = (i + 1) % 4;
      this.addQuad(bottom[i]!, bottom[j]!, top[j]!, top[i]!, material, u);
      u += distance(bottom[i]!, bottom[j]!);
    }
    this.addQuad(top[0], top[1], top[2], top[3], topMaterial);
    this.addQuad(bottom[3], bottom[2], bottom[1], bottom[0], material);
  }

  /** Axis-aligned box in the local frame; `taper` scales the top rectangle. */
  addBox(
    centreX: number,
    centreY: number,
    bottomZ: number,
    size: Vector3,
    material: number,
    topMaterial = material,
    taper = 1,
  ): void {
    const [hx, hy] = [size[0] / 2, size[1] / 2];
    const rectangle = (scale: number, z: number): Corners => [
      [centreX - hx * scale, centreY - hy * scale, z],
      [centreX + hx * scale, centreY - hy * scale, z],
      [centreX + hx * scale, centreY + hy * scale, z],
      [centreX - hx * scale, centreY + hy * scale, z],
    ];
    this.addHexahedron(rectangle(1, bottomZ), rectangle(taper, bottomZ + size[2]), material, topMaterial);
  }

  /** Frustum of a cone between two points with end discs. */
  addCylinder(
    from: Vector3,
    to: Vector3,
    fromRadius: number,
    toRadius: number,
    sides: number,
    material: number,
    capMaterial = material,
  ): void {
    const [first, second] = perpendicularAxes(from, to);
    const ring = (centre: Vector3, radius: number): Vector3[] =>
      Array.from({ length: sides }, (_, i) => {
        const angle = (2 * Math.PI * i) / sides;
        const [c, s] = [Math.cos(angle) * radius, Math.sin(angle) * radius];
        return [
          centre[0] + first[0] * c + second[0] * s,
          centre[1] + first[1] * c + second[1] * s,
          centre[2] + first[2] * c + second[2] * s,
        ];
      });
    const low = ring(from, fromRadius);
    const high = ring(to, toRadius);
    for (let i = 0; i < sides; i++) {
      const j = (i + 1) % sides;
      this.addQuad(low[i]!, low[j]!, high[j]!, high[i]!, material, (2 * Math.PI * fromRadius * i) / sides);
    }
    if (toRadius > 0.02) this.addPolygon(high, capMaterial);
    if (fromRadius > 0.02) this.addPolygon(low.reverse(), capMaterial);
  }

  /** An ellipsoid with irregular radius: `lumpiness` 0 is smooth, 0.3 is a bush. */
  addBlob(
    centre: Vector3,
    radii: Vector3,
    lumpiness: number,
    seed: number,
    material: number,
    detail: 0 | 1 | 2 = 1,
  ): void {
    const sphere = icosphere(detail);
    const first = this.positions.length / 3;
    for (const [x, y, z] of sphere.points) {
      const wave =
        Math.sin(3.1 * x + 1.7 * seed) * Math.sin(2.7 * y + 0.9 * seed) +
        Math.sin(5.3 * z + 2.3 * seed + 2 * x) * 0.7 +
        Math.sin(9.7 * x - 8.1 * y + 7.3 * z + seed) * 0.6;
      const scale = 1 + lumpiness * 0.55 * wave;
      const point: Vector3 = [
        centre[0] + radii[0] * x * scale,
        centre[1] + radii[1] * y * scale,
        centre[2] + radii[2] * z * scale,
      ];
      this.addVertex(point, Math.atan2(y, x) * radii[0], z * radii[2]);
    }
    for (const [a, b, c] of sphere.faces) this.addTriangle(first + a, first + b, first + c, material);
  }

  build(): Mesh {
    return {
      positions: Float32Array.from(this.positions),
      surface: Float32Array.from(this.surface),
      indices: Uint32Array.from(this.indices),
      materials: Uint16Array.from(this.triangleMaterials),
    };
  }
}

function perpendicularAxes(from: Vector3, to: Vector3): [Vector3, Vector3] {
  const length = distance(from, to) || 1;
  const axis: Vector3 = [(to[0] - from[0]) / length, (to[1] - from[1]) / length, (to[2] - from[2]) / length];
  const helper: Vector3 = Math.abs(axis[2]) > 0.9 ? [1, 0, 0] : [0, 0, 1];
  const first = cross(helper, axis);
  const firstLength = Math.hypot(...first);
  const unit: Vector3 = [first[0] / firstLength, first[1] / firstLength, first[2] / firstLength];
  return [unit, cross(axis, unit)];
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

interface Sphere {
  readonly points: Vector3[];
  readonly faces: [number, number, number][];
}

const spheres: Sphere[] = [];

function icosphere(detail: number): Sphere {
  const known = spheres[detail];
  if (known) return known;
  const sphere = detail === 0 ? icosahedron() : subdivide(icosphere(detail - 1));
  spheres[detail] = sphere;
  return sphere;
}

function icosahedron(): Sphere {
  const t = (1 + Math.sqrt(5)) / 2;
  const scale = 1 / Math.hypot(1, t);
  const raw: Vector3[] = [
    [-1, t, 0],
    [1, t, 0],
    [-1, -t, 0],
    [1, -t, 0],
    [0, -1, t],
    [0, 1, t],
    [0, -1, -t],
    [0, 1, -t],
    [t, 0, -1],
    [t, 0, 1],
    [-t, 0, -1],
    [-t, 0, 1],
  ];
  return {
    points: raw.map(([x, y, z]) => [x * scale, y * scale, z * scale]),
    faces: [
      [0, 11, 5],
      [0, 5, 1],
      [0, 1, 7],
      [0, 7, 10],
      [0, 10, 11],
      [1, 5, 9],
      [5, 11, 4],
      [11, 10, 2],
      [10, 7, 6],
      [7, 1, 8],
      [3, 9, 4],
      [3, 4, 2],
      [3, 2, 6],
      [3, 6, 8],
      [3, 8, 9],
      [4, 9, 5],
      [2, 4, 11],
      [6, 2, 10],
      [8, 6, 7],
      [9, 8, 1],
    ],
  };
}

function subdivide(sphere: Sphere): Sphere {
  const points = [...sphere.points];
  const middles = new Map<number, number>();
  const middle = (a: number, b: number): number => {
    const key = Math.min(a, b) * 100000 + Math.max(a, b);
    const known = middles.get(key);
    if (known !== undefined) return known;
    const [p, q] = [points[a]!, points[b]!];
    const sum: Vector3 = [p[0] + q[0], p[1] + q[1], p[2] + q[2]];
    const length = Math.hypot(...sum);
    points.push([sum[0] / length, sum[1] / length, sum[2] / length]);
    middles.set(key, points.length - 1);
    return points.length - 1;
  };
  const faces: [number, number, number][] = [];
  for (const [a, b, c] of sphere.faces) {
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    faces.push([a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]);
  }
  return { points, faces };
}
