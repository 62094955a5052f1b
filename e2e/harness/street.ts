import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import type { CameraView } from '../../src/domain/clip.ts';
import { type GridSpec, OCC3D_GRID } from '../../src/domain/geometry.ts';

/** A small made-up street on the Occ3D grid, the same on every run: labels and flow in metres per second. */
export interface Street {
  readonly grid: GridSpec;
  readonly labels: Uint8Array;
  readonly flow: Float32Array;
}

const [NX, NY, NZ] = OCC3D_GRID.size;
const ROAD = 11;
const SIDEWALK = 13;
const TERRAIN = 14;
const MANMADE = 15;
const VEGETATION = 16;

function hash(a: number, b: number): number {
  let h = Math.imul(a, 374761393) ^ Math.imul(b, 668265263);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Build the street; `time` in seconds moves the traffic. */
export function makeStreet(time = 0): Street {
  const labels = new Uint8Array(NX * NY * NZ).fill(OCC3D_CLASSES.free);
  const flow = new Float32Array(NX * NY * NZ * 2);
  const at = (metres: number, axis: 0 | 1 | 2) =>
    Math.floor((metres - OCC3D_GRID.lower[axis]) / OCC3D_GRID.voxel[axis] + 1e-6);
  const put = (x: number, y: number, z: number, label: number, v?: readonly [number, number]) => {
    if (x < 0 || y < 0 || z < 0 || x >= NX || y >= NY || z >= NZ) return;
    const index = (x * NY + y) * NZ + z;
    labels[index] = label;
    if (v) flow.set(v, 2 * index);
  };
  const box = (
    [x0, x1]: readonly [number, number],
    [y0, y1]: readonly [number, number],
    [z0, z1]: readonly [number, number],
    label: number,
    v?: readonly [number, number],
  ) => {
    for (let x = at(x0, 0); x < at(x1, 0); x++)
      for (let y = at(y0, 1); y < at(y1, 1); y++) for (let z = at(z0, 2); z < at(z1, 2); z++) put(x, y, z, label, v);
  };
  layGround(box);
  raiseHouses(box);
  plantTrees(put, at);
  const vehicles: [number, number, number, number, number, number, number][] = [
    // x, y, length, width, height, label, vx
    [14 + 8 * time, -1.6, 4.4, 1.8, 1.6, 4, 8],
    [-22 + 8 * time, -1.8, 4.4, 1.8, 1.6, 4, 8],
    [24 - 9 * time, 1.8, 4.4, 1.8, 1.6, 4, -9],
    [-10 - 7 * time, 2, 11, 2.6, 3.2, 3, -7],
    [33 + 6 * time, -1.8, 7.6, 2.4, 3, 10, 6],
    [5, 5.8, 4.4, 1.8, 1.6, 4, 0],
    [11.5, 5.8, 4.4, 1.8, 1.6, 4, 0],
    [-16, -5.8, 4.4, 1.8, 1.6, 4, 0],
    [-26, -5.8, 6.2, 2.2, 2.6, 9, 0],
    [19 + 4 * time, -4.4, 1.8, 0.8, 1.6, 2, 4],
    [7 + 10 * time, 1.6, 2.2, 0.8, 1.6, 6, -10],
    [30, 5.8, 5.6, 2.4, 2.8, 5, 0],
  ];
  for (const [x, y, length, width, height, label, vx] of vehicles) {
    const v = vx === 0 ? undefined : ([vx, 0] as const);
    box([x - length / 2, x + length / 2], [y - width / 2, y + width / 2], [0.2, 0.2 + height], label, v);
  }
  for (const [x, y, vx, vy] of [
    [9, -8.6, 1.3, 0.2],
    [10.4, -9.2, 1.2, 0],
    [-6, 8.8, -1.4, 0],
    [22, 0.6 + 1.2 * time, 0, 1.2],
    [-14, 9, -1, 0.4],
  ] as const) {
    box([x - 0.3, x + 0.4], [y - 0.3, y + 0.4], [0.2, 2.2], 7, [vx, vy]);
  }
  for (let x = -38; x < 40; x += 8) box([x, x + 0.4], [-4.2, -3.8], [0.2, 1], x % 16 === 2 ? 8 : 1);
  return { grid: OCC3D_GRID, labels, flow };
}

type Box = (
  x: readonly [number, number],
  y: readonly [number, number],
  z: readonly [number, number],
  label: number,
  v?: readonly [number, number],
) => void;

function layGround(box: Box): void {
  box([-40, 40], [-40, 40], [-0.2, 0.2], TERRAIN);
  box([-40, 40], [-11.2, 11.2], [-0.2, 0.2], SIDEWALK);
  box([-40, 40], [-7.2, 7.2], [-0.2, 0.2], ROAD);
  box([14, 27], [-40, 40], [-0.2, 0.2], SIDEWALK);
  box([16.4, 24.8], [-40, 40], [-0.2, 0.2], ROAD);
  box([-40, 40], [-7.2, 7.2], [-0.2, 0.2], ROAD);
  box([-12, -4], [11.2, 30], [-0.2, 0.2], 12);
}

function raiseHouses(box: Box): void {
  const houses: [number, number, number, number, number][] = [
    [-40, -24, 14, 26, 5],
    [-3, 10, 14, 27, 5.4],
    [30, 40, 13, 30, 5.4],
    [-38, -18, -27, -14, 5.4],
    [-14, 2, -24, -13, 4.2],
    [5, 12, -26, -14, 5.4],
    [29, 40, -28, -14, 5],
    [-40, -14, 31, 40, 4.6],
  ];
  for (const [x0, x1, y0, y1, height] of houses) {
    box([x0, x1], [y0, y1], [0.2, height], MANMADE);
    // Only surfaces are labelled in such data; roofs get a parapet.
    box([x0 + 0.8, x1 - 0.8], [y0 + 0.8, y1 - 0.8], [height - 0.4, height], OCC3D_CLASSES.free);
  }
  for (const x of [-30, -10, 12.4, 28]) box([x, x + 0.4], [-8.4, -8], [0.2, 5.4], MANMADE);
}

function plantTrees(
  put: (x: number, y: number, z: number, label: number) => void,
  at: (m: number, a: 0 | 1) => number,
) {
  const spots = [
    [-34, 9.6],
    [-20, 9.4],
    [-2, 9.6],
    [11, 9.6],
    [33, -9.8],
    [-24, -10],
    [2, -10],
    [-34, -34],
    [0, -34],
    [9, 34],
    [34, 35],
    [-8, 34],
    [33, -35],
    [-22, -32],
  ] as const;
  for (const [index, [mx, my]] of spots.entries()) {
    const cx = at(mx, 0);
    const cy = at(my, 1);
    const radius = 4 + Math.floor(hash(index, 1) * 3);
    const centre = 9 + Math.floor(hash(index, 2) * 2);
    for (let z = 3; z < centre; z++) put(cx, cy, z, VEGETATION);
    for (let x = -radius; x <= radius; x++)
      for (let y = -radius; y <= radius; y++)
        for (let z = -4; z <= 4; z++) {
          const r = Math.hypot(x, y, z * 1.3) + hash(cx + x * 31 + z * 7, cy + y * 17) * 1.4;
          if (r < radius && z + centre > 4) put(cx + x, cy + y, z + centre, VEGETATION);
        }
  }
}

/** Six cameras around the car, roughly like nuScenes'. */
export function makeRig(): CameraView[] {
  const spots: [string, number, number, number, number][] = [
    ['CAM_FRONT_LEFT', 55, 1.5, 0.5, 1270],
    ['CAM_FRONT', 0, 1.7, 0, 1270],
    ['CAM_FRONT_RIGHT', -55, 1.5, -0.5, 1270],
    ['CAM_BACK_LEFT', 110, 1, 0.5, 1270],
    ['CAM_BACK', 180, 0, 0, 810],
    ['CAM_BACK_RIGHT', -110, 1, -0.5, 1270],
  ];
  return spots.map(([name, degrees, x, y, focal]) => {
    const c = Math.cos((degrees * Math.PI) / 180);
    const s = Math.sin((degrees * Math.PI) / 180);
    return {
      name,
      timestampMicroseconds: 0,
      width: 1600,
      height: 900,
      intrinsics: new Float64Array([focal, 0, 816, 0, focal, 491, 0, 0, 1]),
      egoFromCamera: new Float64Array([s, 0, c, x, -c, 0, s, y, 0, -1, 0, 1.5, 0, 0, 0, 1]),
    };
  });
}

/** Poses every half second of a drive that bends gently left; the ego of frame 10 is at the origin. */
export function makeDrive(): Float64Array[] {
  return Array.from({ length: 26 }, (_, index) => {
    const s = (index - 10) * 3.2;
    const yaw = s > 0 ? s * 0.004 : 0;
    const y = s > 0 ? (s * s * 0.004) / 2 : 0;
    return new Float64Array([
      Math.cos(yaw),
      -Math.sin(yaw),
      0,
      s,
      Math.sin(yaw),
      Math.cos(yaw),
      0,
      y,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
      1,
    ]);
  });
}
