import type { GridSpec, Matrix3, Matrix4 } from '../domain/geometry.ts';
import { invertRigid } from '../geometry/rigid.ts';

/** A pinhole view in the ego frame; `width` and `height` belong to `intrinsics`. */
export interface MaskCamera {
  readonly width: number;
  readonly height: number;
  readonly intrinsics: Matrix3;
  readonly egoFromCamera: Matrix4;
}

/** State of one camera while its rays are cast, in voxel units. */
interface Eye {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Pixel matrix: intrinsics times cameraFromVoxel, 3x4. */
  readonly pixel: Float64Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Marks what the cameras see: 1 for every free voxel that a ray passes and for the first occupied voxel that it meets.
 * Rays go to the middle of every occupied face that looks at the camera and to the outer faces of the grid, so that
 * far ground has no stripes. Labels are in grid order (z fastest). Returns bytes 0/1 in the same order.
 */
export function computeCameraMask(
  labels: Uint8Array,
  cameras: readonly MaskCamera[],
  grid: GridSpec,
  free: number,
): Uint8Array {
  const mask = new Uint8Array(labels.length);
  const faces = listFaces(labels, grid, free);
  for (const camera of cameras) castFromCamera(labels, mask, faces, createEye(camera, grid), grid, free);
  return mask;
}

function createEye(camera: MaskCamera, grid: GridSpec): Eye {
  const { egoFromCamera: e, intrinsics: k } = camera;
  const c = invertRigid(e);
  const pixel = new Float64Array(12);
  for (let row = 0; row < 3; row++) {
    const combine = (column: number) =>
      k[row * 3]! * c[column]! + k[row * 3 + 1]! * c[4 + column]! + k[row * 3 + 2]! * c[8 + column]!;
    let offset = combine(3);
    for (let axis = 0; axis < 3; axis++) {
      pixel[row * 4 + axis] = combine(axis) * grid.voxel[axis]!;
      offset += combine(axis) * grid.lower[axis]!;
    }
    pixel[row * 4 + 3] = offset;
  }
  const toVoxel = (axis: 0 | 1 | 2) => (e[axis * 4 + 3]! - grid.lower[axis]) / grid.voxel[axis];
  return { x: toVoxel(0), y: toVoxel(1), z: toVoxel(2), pixel, width: camera.width, height: camera.height };
}

/** Faces to look at, six numbers each: face centre (voxel units) and outward normal. */
function listFaces(labels: Uint8Array, grid: GridSpec, free: number): Float32Array {
  const list = new FaceList();
  const [nx, ny, nz] = grid.size;
  const strideX = ny * nz;
  for (let i = 0; i < nx; i++) {
    for (let j = 0; j < ny; j++) {
      const edge = i === 0 || j === 0 || i === nx - 1 || j === ny - 1;
      for (let k = 0; k < nz; k++) {
        const index = (i * ny + j) * nz + k;
        if (labels[index] === free) {
          // The inside of the grid's outer faces ends the rays through free space; the lid needs only every second one.
          if (k === nz - 1 && ((i + j) & 1) === 0) list.add(i, j, k, 0, 0, 1, -1);
          if (edge) addOuterFaces(list, i, j, k, nx, ny);
          continue;
        }
        if (i === nx - 1 || labels[index + strideX] === free) list.add(i, j, k, 1, 0, 0, 1);
        if (i === 0 || labels[index - strideX] === free) list.add(i, j, k, -1, 0, 0, 1);
        if (j === ny - 1 || labels[index + nz] === free) list.add(i, j, k, 0, 1, 0, 1);
        if (j === 0 || labels[index - nz] === free) list.add(i, j, k, 0, -1, 0, 1);
        if (k === nz - 1 || labels[index + 1] === free) list.add(i, j, k, 0, 0, 1, 1);
        if (k === 0 || labels[index - 1] === free) list.add(i, j, k, 0, 0, -1, 1);
      }
    }
  }
  return list.finish();
}

function addOuterFaces(list: FaceList, i: number, j: number, k: number, nx: number, ny: number): void {
  if (i === nx - 1) list.add(i, j, k, 1, 0, 0, -1);
  if (i === 0) list.add(i, j, k, -1, 0, 0, -1);
  if (j === ny - 1) list.add(i, j, k, 0, 1, 0, -1);
  if (j === 0) list.add(i, j, k, 0, -1, 0, -1);
}

/** A growing array of faces; `facing` -1 turns the normal inwards. */
class FaceList {
  private values = new Float32Array(6 * 150000);
  private length = 0;

  add(i: number, j: number, k: number, dx: number, dy: number, dz: number, facing: 1 | -1): void {
    if (this.length + 6 > this.values.length) {
      const larger = new Float32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    const { values, length } = this;
    values[length] = i + 0.5 + dx * 0.499;
    values[length + 1] = j + 0.5 + dy * 0.499;
    values[length + 2] = k + 0.5 + dz * 0.499;
    values[length + 3] = dx * facing;
    values[length + 4] = dy * facing;
    values[length + 5] = dz * facing;
    this.length += 6;
  }

  finish(): Float32Array {
    return this.values.subarray(0, this.length);
  }
}

function castFromCamera(
  labels: Uint8Array,
  mask: Uint8Array,
  faces: Float32Array,
  eye: Eye,
  grid: GridSpec,
  free: number,
): void {
  const p = eye.pixel;
  for (let f = 0; f < faces.length; f += 6) {
    const x = faces[f]!;
    const y = faces[f + 1]!;
    const z = faces[f + 2]!;
    const depth = p[8]! * x + p[9]! * y + p[10]! * z + p[11]!;
    if (depth < 0.1) continue;
    const u = (p[0]! * x + p[1]! * y + p[2]! * z + p[3]!) / depth;
    const v = (p[4]! * x + p[5]! * y + p[6]! * z + p[7]!) / depth;
    if (u < -0.5 || v < -0.5 || u > eye.width - 0.5 || v > eye.height - 0.5) continue;
    if ((x - eye.x) * faces[f + 3]! + (y - eye.y) * faces[f + 4]! + (z - eye.z) * faces[f + 5]! >= 0) continue;
    // A voxel that some ray has met already needs no ray of its own.
    const target = (Math.floor(x) * grid.size[1] + Math.floor(y)) * grid.size[2] + Math.floor(z);
    if (mask[target] === 1 && labels[target] !== free) continue;
    castRay(labels, mask, eye, x, y, z, grid, free);
  }
}

/** Walks from the eye to the target through the voxels (Amanatides and Woo 1987), marking until something occupied. */
function castRay(
  labels: Uint8Array,
  mask: Uint8Array,
  eye: Eye,
  x: number,
  y: number,
  z: number,
  grid: GridSpec,
  free: number,
): void {
  const nx = grid.size[0];
  const ny = grid.size[1];
  const nz = grid.size[2];
  const dx = x - eye.x;
  const dy = y - eye.y;
  const dz = z - eye.z;
  let i = Math.floor(eye.x);
  let j = Math.floor(eye.y);
  let k = Math.floor(eye.z);
  let left = Math.abs(Math.floor(x) - i) + Math.abs(Math.floor(y) - j) + Math.abs(Math.floor(z) - k);
  const si = dx < 0 ? -1 : 1;
  const sj = dy < 0 ? -1 : 1;
  const sk = dz < 0 ? -1 : 1;
  const ax = Math.abs(1 / dx);
  const ay = Math.abs(1 / dy);
  const az = Math.abs(1 / dz);
  let tx = (dx < 0 ? eye.x - i : i + 1 - eye.x) * ax;
  let ty = (dy < 0 ? eye.y - j : j + 1 - eye.y) * ay;
  let tz = (dz < 0 ? eye.z - k : k + 1 - eye.z) * az;
  const isInside = i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz;
  if (isInside) {
    // From inside to inside a ray never leaves the grid: one index is stepped, nothing is tested.
    let index = (i * ny + j) * nz + k;
    const stepI = si * ny * nz;
    const stepJ = sj * nz;
    while (left-- >= 0) {
      mask[index] = 1;
      if (labels[index] !== free) return;
      if (tx < ty && tx < tz) {
        index += stepI;
        tx += ax;
      } else if (ty < tz) {
        index += stepJ;
        ty += ay;
      } else {
        index += sk;
        tz += az;
      }
    }
    return;
  }
  while (left-- >= 0) {
    if (i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz) {
      const index = (i * ny + j) * nz + k;
      mask[index] = 1;
      if (labels[index] !== free) return;
    }
    if (tx < ty && tx < tz) {
      i += si;
      tx += ax;
    } else if (ty < tz) {
      j += sj;
      ty += ay;
    } else {
      k += sk;
      tz += az;
    }
  }
}
