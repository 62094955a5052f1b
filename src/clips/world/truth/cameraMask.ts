import { type GridSpec, type Matrix3, type Matrix4, OCC3D_GRID } from '../../../domain/geometry.ts';
import { invertRigid } from '../geometry/transform.ts';
import { LABEL } from '../materials.ts';

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
  grid: GridSpec = OCC3D_GRID,
): Uint8Array {
  const mask = new Uint8Array(labels.length);
  const faces = listFaces(labels, grid);
  for (const camera of cameras) castFromCamera(labels, mask, faces, createEye(camera, grid), grid);
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
function listFaces(labels: Uint8Array, grid: GridSpec): Float32Array {
  const [nx, ny, nz] = grid.size;
  const faces: number[] = [];
  const steps: readonly (readonly [number, number, number])[] = [
    [1, 0, 0],
    [-1, 0, 0],
    [0, 1, 0],
    [0, -1, 0],
    [0, 0, 1],
    [0, 0, -1],
  ];
  for (let i = 0; i < nx; i++) {
    for (let j = 0; j < ny; j++) {
      for (let k = 0; k < nz; k++) {
        const index = (i * ny + j) * nz + k;
        const occupied = labels[index] !== LABEL.free;
        if (!occupied && i > 0 && j > 0 && i < nx - 1 && j < ny - 1 && k < nz - 1) continue;
        for (const [dx, dy, dz] of steps) {
          const [a, b, c] = [i + dx, j + dy, k + dz];
          const outside = a < 0 || b < 0 || c < 0 || a >= nx || b >= ny || c >= nz;
          // The inside of the grid's outer faces ends the rays through free space.
          if (!occupied && outside && dz >= 0)
            faces.push(i + 0.5 + dx * 0.499, j + 0.5 + dy * 0.499, k + 0.5 + dz * 0.499, -dx, -dy, -dz);
          else if (occupied && (outside || labels[(a * ny + b) * nz + c] === LABEL.free))
            faces.push(i + 0.5 + dx * 0.499, j + 0.5 + dy * 0.499, k + 0.5 + dz * 0.499, dx, dy, dz);
        }
      }
    }
  }
  return Float32Array.from(faces);
}

function castFromCamera(labels: Uint8Array, mask: Uint8Array, faces: Float32Array, eye: Eye, grid: GridSpec): void {
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
    castRay(labels, mask, eye, x, y, z, grid);
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
): void {
  const [nx, ny, nz] = grid.size;
  const dx = x - eye.x;
  const dy = y - eye.y;
  const dz = z - eye.z;
  let i = Math.floor(eye.x);
  let j = Math.floor(eye.y);
  let k = Math.floor(eye.z);
  const [ti, tj, tk] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  let left = Math.abs(ti - i) + Math.abs(tj - j) + Math.abs(tk - k);
  const [si, sj, sk] = [dx < 0 ? -1 : 1, dy < 0 ? -1 : 1, dz < 0 ? -1 : 1];
  const [ax, ay, az] = [Math.abs(1 / dx), Math.abs(1 / dy), Math.abs(1 / dz)];
  let tx = (dx < 0 ? eye.x - i : i + 1 - eye.x) * ax;
  let ty = (dy < 0 ? eye.y - j : j + 1 - eye.y) * ay;
  let tz = (dz < 0 ? eye.z - k : k + 1 - eye.z) * az;
  while (left-- >= 0) {
    if (i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz) {
      const index = (i * ny + j) * nz + k;
      mask[index] = 1;
      if (labels[index] !== LABEL.free) return;
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
