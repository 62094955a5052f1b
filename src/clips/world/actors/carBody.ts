import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import { type MaterialTable, SEGMENT } from '../materials.ts';

/** Materials of one vehicle; all carry the vehicle's own label. */
export interface VehicleLooks {
  readonly paint: number;
  readonly glass: number;
  readonly dark: number;
  readonly rubber: number;
  readonly rim: number;
  readonly headLamp: number;
  readonly tailLamp: number;
  readonly plate: number;
  readonly chrome: number;
}

export function createVehicleLooks(
  materials: MaterialTable,
  label: number,
  segmentation: number,
  colour: Vector3,
): VehicleLooks {
  const add = (name: string, value: Vector3, pattern: 'carPaint' | 'glass' | 'plain' | 'rubber' | 'metal' | 'lamp') =>
    materials.add(name, label, segmentation, value, { pattern });
  return {
    paint: add('paint', colour, 'carPaint'),
    glass: add('window', [0.03, 0.035, 0.04], 'glass'),
    dark: add('trim', [0.02, 0.02, 0.022], 'plain'),
    rubber: add('tyre', [0.018, 0.018, 0.018], 'rubber'),
    rim: add('rim', [0.3, 0.31, 0.32], 'metal'),
    headLamp: add('head lamp', [0.75, 0.75, 0.7], 'lamp'),
    tailLamp: add('tail lamp', [0.5, 0.02, 0.02], 'lamp'),
    plate: add('plate', [0.6, 0.6, 0.5], 'plain'),
    chrome: add('chrome', [0.45, 0.46, 0.47], 'metal'),
  };
}

/** One cross-section of a body: place along x, half width, lowest and highest z. */
export interface Station {
  readonly x: number;
  readonly half: number;
  readonly low: number;
  readonly high: number;
}

function crossSection(station: Station): Vector3[] {
  const { x, half, low, high } = station;
  const rise = high - low;
  const right: Vector3[] = [
    [x, -half * 0.9, low],
    [x, -half, low + rise * 0.3],
    [x, -half * 0.985, low + rise * 0.72],
    [x, -half * 0.86, high],
  ];
  return [...right, ...right.map(([px, py, pz]): Vector3 => [px, -py, pz]).reverse()];
}

/** A body lofted through cross-sections from rear to front, closed at both ends. */
export function addLoft(builder: MeshBuilder, stations: readonly Station[], material: number): void {
  const rings = stations.map(crossSection);
  for (let i = 0; i + 1 < rings.length; i++) {
    const [rear, front] = [rings[i]!, rings[i + 1]!];
    for (let k = 0; k < rear.length; k++) {
      const next = (k + 1) % rear.length;
      builder.addQuad(rear[k]!, front[k]!, front[next]!, rear[next]!, material);
    }
  }
  builder.addPolygon([...rings[0]!].reverse(), material);
  builder.addPolygon(rings[rings.length - 1]!, material);
}

/** Cabin of a car: rear and front x at the belt and at the roof, half widths there, heights. */
export interface Cabin {
  readonly rearBelt: number;
  readonly frontBelt: number;
  readonly rearRoof: number;
  readonly frontRoof: number;
  readonly beltHalf: number;
  readonly roofHalf: number;
  readonly beltZ: number;
  readonly roofZ: number;
  readonly sideWindows: number;
}

type Quad = readonly [Vector3, Vector3, Vector3, Vector3];

/** A pane inside a quad, `u0..u1` by `v0..v1` of it, pushed out along its normal. */
function addPane(
  builder: MeshBuilder,
  [a, b, c, d]: Quad,
  u0: number,
  u1: number,
  v0: number,
  v1: number,
  material: number,
): void {
  const blend = (u: number, v: number): Vector3 => {
    const mix = (k: 0 | 1 | 2) => (a[k] * (1 - u) + b[k] * u) * (1 - v) + (d[k] * (1 - u) + c[k] * u) * v;
    return [mix(0), mix(1), mix(2)];
  };
  const e: Vector3 = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const f: Vector3 = [d[0] - a[0], d[1] - a[1], d[2] - a[2]];
  const n: Vector3 = [e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]];
  const length = Math.hypot(...n) / 0.012;
  const lift = (p: Vector3): Vector3 => [p[0] + n[0] / length, p[1] + n[1] / length, p[2] + n[2] / length];
  builder.addQuad(lift(blend(u0, v0)), lift(blend(u1, v0)), lift(blend(u1, v1)), lift(blend(u0, v1)), material);
}

export function addCabin(builder: MeshBuilder, cabin: Cabin, looks: VehicleLooks): void {
  const { rearBelt, frontBelt, rearRoof, frontRoof, beltHalf, roofHalf, beltZ, roofZ } = cabin;
  const low: [Vector3, Vector3, Vector3, Vector3] = [
    [rearBelt, -beltHalf, beltZ],
    [frontBelt, -beltHalf, beltZ],
    [frontBelt, beltHalf, beltZ],
    [rearBelt, beltHalf, beltZ],
  ];
  const high: [Vector3, Vector3, Vector3, Vector3] = [
    [rearRoof, -roofHalf, roofZ],
    [frontRoof, -roofHalf, roofZ],
    [frontRoof, roofHalf, roofZ],
    [rearRoof, roofHalf, roofZ],
  ];
  builder.addHexahedron(low, high, looks.paint);
  const face = (i: number): Quad => [low[i]!, low[(i + 1) % 4]!, high[(i + 1) % 4]!, high[i]!];
  addPane(builder, face(1), 0.07, 0.93, 0.08, 0.9, looks.glass);
  if (rearRoof - rearBelt > -0.01) addPane(builder, face(3), 0.1, 0.9, 0.15, 0.88, looks.glass);
  for (const side of [0, 2]) {
    for (let w = 0; w < cabin.sideWindows; w++) {
      const from = 0.06 + (0.88 * w) / cabin.sideWindows;
      const to = 0.06 + (0.88 * (w + 1)) / cabin.sideWindows - 0.035;
      addPane(builder, face(side), from, to, 0.1, 0.86, looks.glass);
    }
  }
}

/** A wheel with tyre, rim and a dark arch behind it; `outer` is the y of its outer face. */
export function addWheel(
  builder: MeshBuilder,
  x: number,
  outer: number,
  radius: number,
  width: number,
  looks: VehicleLooks,
  arch = true,
): void {
  const side = Math.sign(outer);
  const cylinder = (from: number, to: number, r: number, rim: number, cap: number) =>
    builder.addCylinder([x, Math.min(from, to), radius], [x, Math.max(from, to), radius], r, r, 12, rim, cap);
  if (arch) cylinder(outer - side * 0.2, outer - side * 0.005, radius * 1.17, looks.dark, looks.dark);
  cylinder(outer - side * width, outer + side * 0.02, radius, looks.rubber, looks.rubber);
  cylinder(outer, outer + side * 0.032, radius * 0.62, looks.rim, looks.rim);
}

/** Lamps, plate and bumper at the front (`sign` 1) or rear (-1) end. */
export function addEnd(
  builder: MeshBuilder,
  end: number,
  sign: 1 | -1,
  half: number,
  lampZ: number,
  bumperZ: number,
  looks: VehicleLooks,
): void {
  const x = end * sign;
  const lamp = sign > 0 ? looks.headLamp : looks.tailLamp;
  for (const side of [-1, 1])
    builder.addBox(x - sign * 0.05, side * half * 0.72, lampZ, [0.16, half * 0.34, 0.15], lamp);
  builder.addBox(x - sign * 0.01, 0, bumperZ, [0.06, half * 1.6, 0.14], looks.dark);
  builder.addBox(x + sign * 0.01, 0, bumperZ + 0.16, [0.04, 0.5, 0.12], looks.plate);
  if (sign > 0) builder.addBox(x - 0.02, 0, lampZ, [0.06, half * 0.85, 0.16], looks.dark);
}

export const CAR_SEGMENT = SEGMENT.car;
