import type { DriveKeyFrame } from '../../src/clips/world/drive.ts';
import type { ActorState, RenderedView, WorldInstant } from '../../src/clips/world/model.ts';
import { createRenderer } from '../../src/clips/world/render/renderer.ts';
import { fitIntrinsics } from '../../src/clips/world/rig/imageGeometry.ts';
import type { Matrix4 } from '../../src/domain/geometry.ts';
import { invertRigid, multiplyMatrix4, transformPoint } from '../../src/geometry/rigid.ts';
import type { BoxRecord } from './record.ts';

/** One rendered camera and how it looked. */
export interface CameraShot {
  readonly view: RenderedView;
  readonly width: number;
  readonly height: number;
  readonly intrinsics: Float64Array;
  readonly egoFromCamera: Matrix4;
}

/**
 * Renders the six cameras of a key frame from their own poses.
 * The world is that of the key frame's time for all of them: image and truth agree exactly, at the price of the 0-43 ms
 * by which other things would have moved.
 */
export function shootCameras(
  keyFrame: DriveKeyFrame,
  instant: WorldInstant,
  width: number,
  height: number,
): CameraShot[] {
  const renderer = createRenderer(instant, { shadowSize: width > 500 ? 1024 : 640 });
  return keyFrame.cameras.map((camera) => {
    const intrinsics = fitIntrinsics(camera.intrinsics, width, height);
    const view = renderer.renderView(
      { width, height, intrinsics, worldFromCamera: camera.worldFromCamera, lens: camera.lens },
      { samples: 2 },
    );
    return { view, width, height, intrinsics, egoFromCamera: camera.egoFromCamera };
  });
}

/**
 * Segmentation u8 and depth u16 (centimetres along z, 0 = sky) at half size, cameras outermost.
 * A half-size pixel's centre lies between four pixels: on a smooth surface their mean inverse depth is exact there;
 * at an edge the nearest of the four wins.
 */
export function makeSidecar(shots: readonly CameraShot[]): {
  width: number;
  height: number;
  segmentation: Uint8Array;
  depth: Uint16Array;
} {
  const width = shots[0]!.width >> 1;
  const height = shots[0]!.height >> 1;
  const segmentation = new Uint8Array(shots.length * width * height);
  const depth = new Uint16Array(segmentation.length);
  for (const [index, { view, width: full }] of shots.entries()) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const first = 2 * y * full + 2 * x;
        let nearest = first;
        let furthest = 0;
        let inverse = 0;
        for (const pixel of [first, first + 1, first + full, first + full + 1]) {
          const metres = view.depth[pixel]!;
          if (metres < view.depth[nearest]!) nearest = pixel;
          furthest = Math.max(furthest, metres);
          inverse += 0.25 / metres;
        }
        const near = view.depth[nearest]!;
        const metres = furthest < near * 1.25 ? 1 / inverse : near;
        const out = (index * height + y) * width + x;
        segmentation[out] = view.segmentation[nearest]!;
        depth[out] = Number.isFinite(metres) ? Math.min(Math.round(metres * 100), 65535) : 0;
      }
    }
  }
  return { width, height, segmentation, depth };
}

/** Lidar-like points from rendered depth, every fourth pixel: x, y, z (lidar frame), intensity 0, ring = image row. */
export function makeLidar(
  shots: readonly CameraShot[],
  egoFromLidar: Matrix4,
): { file: Float32Array; egoPoints: Float32Array } {
  const most = shots.reduce((sum, { width, height }) => sum + Math.ceil(width / 4) * Math.ceil(height / 4), 0);
  const file = new Float32Array(most * 5);
  const egoPoints = new Float32Array(most * 3);
  const l = invertRigid(egoFromLidar);
  let count = 0;
  for (const { view, width, height, intrinsics: k, egoFromCamera: e } of shots) {
    for (let v = 2; v < height; v += 4) {
      for (let u = 2; u < width; u += 4) {
        const depth = view.depth[v * width + u]!;
        if (depth > 75) continue;
        const cx = ((u - k[2]!) / k[0]!) * depth;
        const cy = ((v - k[5]!) / k[4]!) * depth;
        const x = e[0]! * cx + e[1]! * cy + e[2]! * depth + e[3]!;
        const y = e[4]! * cx + e[5]! * cy + e[6]! * depth + e[7]!;
        const z = e[8]! * cx + e[9]! * cy + e[10]! * depth + e[11]!;
        egoPoints[count * 3] = x;
        egoPoints[count * 3 + 1] = y;
        egoPoints[count * 3 + 2] = z;
        file[count * 5] = l[0]! * x + l[1]! * y + l[2]! * z + l[3]!;
        file[count * 5 + 1] = l[4]! * x + l[5]! * y + l[6]! * z + l[7]!;
        file[count * 5 + 2] = l[8]! * x + l[9]! * y + l[10]! * z + l[11]!;
        file[count * 5 + 4] = v % 32;
        count++;
      }
    }
  }
  return { file: file.slice(0, count * 5), egoPoints: egoPoints.slice(0, count * 3) };
}

/** Boxes of the actors within 80 m, with lidar point counts and the share of the box that a camera can see. */
export function describeBoxes(
  keyFrame: DriveKeyFrame,
  instant: WorldInstant,
  shots: readonly CameraShot[],
  egoPoints: Float32Array,
): BoxRecord[] {
  const egoFromWorld = invertRigid(keyFrame.worldFromEgo);
  const eyes = shots.map((shot) => ({ shot, cameraFromEgo: invertRigid(shot.egoFromCamera) }));
  const order = new PointOrder(egoPoints);
  const boxes: BoxRecord[] = [];
  for (const actor of instant.actors) {
    const centre = transformPoint(actor.worldFromMesh, actor.boxCentre);
    const worldFromBox = Float64Array.from(actor.worldFromMesh);
    for (const [axis, value] of centre.entries()) worldFromBox[axis * 4 + 3] = value;
    const egoFromBox = multiplyMatrix4(egoFromWorld, worldFromBox);
    if (Math.hypot(egoFromBox[3]!, egoFromBox[7]!) > 80) continue;
    const points = order.countInside(egoFromBox, actor.boxSize);
    boxes.push({
      instance: actor.instance,
      category: actor.category,
      worldFromBox: Array.from(worldFromBox),
      size: actor.boxSize,
      velocity: actor.velocity,
      points,
      visibility: rateVisibility(actor, egoFromBox, eyes),
    });
  }
  return boxes;
}

/** Edge of `PointOrder`'s slices, metres. */
const SLICE = 0.25;

/** Points gathered in slices along x, so that a box needs to look only at those beside it. */
class PointOrder {
  private readonly sorted: Float32Array;
  /** First point of each slice, and the point count at the end. */
  private readonly starts: Uint32Array;
  private readonly lowest: number;

  constructor(points: Float32Array) {
    let lowest = Infinity;
    let highest = -Infinity;
    for (let at = 0; at < points.length; at += 3) {
      lowest = Math.min(lowest, points[at]!);
      highest = Math.max(highest, points[at]!);
    }
    this.lowest = lowest;
    const slices = points.length > 0 ? Math.floor((highest - lowest) / SLICE) + 1 : 0;
    this.starts = new Uint32Array(slices + 1);
    const sliceOf = (at: number) => Math.floor((points[at]! - lowest) / SLICE);
    for (let at = 0; at < points.length; at += 3) this.starts[sliceOf(at) + 1]!++;
    for (let slice = 0; slice < slices; slice++) this.starts[slice + 1]! += this.starts[slice]!;
    const next = this.starts.slice();
    this.sorted = new Float32Array(points.length);
    for (let at = 0; at < points.length; at += 3) {
      const to = next[sliceOf(at)]!++ * 3;
      this.sorted[to] = points[at]!;
      this.sorted[to + 1] = points[at + 1]!;
      this.sorted[to + 2] = points[at + 2]!;
    }
  }

  /** Number of points inside a box of this full size, 5 cm of room on every side. */
  countInside(egoFromBox: Matrix4, size: readonly number[]): number {
    const m = invertRigid(egoFromBox);
    const [hx, hy, hz] = [size[0]! / 2 + 0.05, size[1]! / 2 + 0.05, size[2]! / 2 + 0.05];
    const reach = Math.abs(m[0]!) * hx + Math.abs(m[4]!) * hy + Math.abs(m[8]!) * hz + 0.01;
    const { sorted } = this;
    const end = this.findStart(egoFromBox[3]! + reach + SLICE) * 3;
    let count = 0;
    for (let p = this.findStart(egoFromBox[3]! - reach) * 3; p < end; p += 3) {
      const x = sorted[p]!;
      const y = sorted[p + 1]!;
      const z = sorted[p + 2]!;
      if (Math.abs(m[0]! * x + m[1]! * y + m[2]! * z + m[3]!) > hx) continue;
      if (Math.abs(m[4]! * x + m[5]! * y + m[6]! * z + m[7]!) > hy) continue;
      if (Math.abs(m[8]! * x + m[9]! * y + m[10]! * z + m[11]!) <= hz) count++;
    }
    return count;
  }

  /** First point of the slice that holds `x`, of the first slice before all, the point count behind all. */
  private findStart(x: number): number {
    const last = this.starts.length - 1;
    if (last === 0) return 0;
    return this.starts[Math.min(Math.max(Math.floor((x - this.lowest) / SLICE), 0), last)]!;
  }
}

/** A shot and where its camera stands. */
interface Eye {
  readonly shot: CameraShot;
  readonly cameraFromEgo: Matrix4;
}

/** Level 1..4 (0-40, 40-60, 60-80, 80-100 %) by testing a lattice of points in the box against the depth images. */
function rateVisibility(actor: ActorState, egoFromBox: Matrix4, eyes: readonly Eye[]): number {
  const [length, width, height] = actor.boxSize;
  const slack = Math.hypot(length, width) / 2 + 0.1;
  let seen = 0;
  for (const a of [-0.4, -0.2, 0, 0.2, 0.4]) {
    for (const b of [-0.35, 0, 0.35]) {
      for (const c of [-0.35, 0, 0.35]) {
        const point = transformPoint(egoFromBox, [a * length, b * width, c * height]);
        if (eyes.some((eye) => isSeen(eye, point, slack))) seen++;
      }
    }
  }
  const share = seen / 45;
  return share < 0.4 ? 1 : share < 0.6 ? 2 : share < 0.8 ? 3 : 4;
}

function isSeen({ shot, cameraFromEgo: m }: Eye, [a, b, c]: readonly [number, number, number], slack: number): boolean {
  const z = m[8]! * a + m[9]! * b + m[10]! * c + m[11]!;
  if (z < 0.3) return false;
  const x = m[0]! * a + m[1]! * b + m[2]! * c + m[3]!;
  const y = m[4]! * a + m[5]! * b + m[6]! * c + m[7]!;
  const u = Math.round((shot.intrinsics[0]! * x) / z + shot.intrinsics[2]!);
  const v = Math.round((shot.intrinsics[4]! * y) / z + shot.intrinsics[5]!);
  if (u < 0 || v < 0 || u >= shot.width || v >= shot.height) return false;
  return shot.view.depth[v * shot.width + u]! > z - slack;
}
