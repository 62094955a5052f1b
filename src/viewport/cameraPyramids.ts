import { BufferGeometry, Float32BufferAttribute, LineBasicNodeMaterial, LineSegments } from 'three/webgpu';
import type { CameraView } from '../domain/clip.ts';
import type { ThemeColours } from './themes.ts';

/** Length of a pyramid along its camera's axis, metres. */
const DEPTH = 1.6;

/** Ego positions of a camera and of its four image corners at `DEPTH` along its axis. */
export function computePyramid(view: CameraView): [number, number, number][] {
  const k = view.intrinsics;
  const m = view.egoFromCamera;
  const toEgo = (x: number, y: number, z: number): [number, number, number] => [
    m[0]! * x + m[1]! * y + m[2]! * z + m[3]!,
    m[4]! * x + m[5]! * y + m[6]! * z + m[7]!,
    m[8]! * x + m[9]! * y + m[10]! * z + m[11]!,
  ];
  const corner = (u: number, v: number) => toEgo((DEPTH * (u - k[2]!)) / k[0]!, (DEPTH * (v - k[5]!)) / k[4]!, DEPTH);
  const right = view.width - 0.5;
  const bottom = view.height - 0.5;
  return [toEgo(0, 0, 0), corner(-0.5, -0.5), corner(right, -0.5), corner(right, bottom), corner(-0.5, bottom)];
}

/** Thin pyramids that show where the cameras sit and look. */
export function createCameraPyramids(
  views: readonly CameraView[],
  colours: ThemeColours,
): { lines: LineSegments; dispose(): void } {
  const points: number[] = [];
  for (const view of views) {
    const [apex, ...corners] = computePyramid(view);
    corners.forEach((corner, index) => {
      points.push(...apex!, ...corner, ...corner, ...corners[(index + 1) % 4]!);
    });
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(points, 3));
  const material = new LineBasicNodeMaterial({ color: colours.cameras, transparent: true, opacity: 0.9 });
  return {
    lines: new LineSegments(geometry, material),
    dispose() {
      geometry.dispose();
      material.dispose();
    },
  };
}
