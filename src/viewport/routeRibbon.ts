import { attribute } from 'three/tsl';
import { BufferGeometry, Color, DoubleSide, Float32BufferAttribute, Mesh, MeshBasicNodeMaterial } from 'three/webgpu';
import type { ThemeColours } from './themes.ts';
import type { Trajectory } from './types.ts';

const HALF_WIDTH = 0.16;
/** Above the road's voxels and the range rings, metres. */
const LIFT = 0.32;
/** The ribbon fades out at this way from the ego, metres. */
const FADE_METRES = 70;

/** Way along the ribbon from the current frame to each position, metres. */
function measureWay({ positions, current }: Trajectory): Float32Array {
  const count = positions.length / 3;
  const way = new Float32Array(count);
  const step = (from: number, to: number) =>
    Math.hypot(positions[3 * to]! - positions[3 * from]!, positions[3 * to + 1]! - positions[3 * from + 1]!);
  for (let i = current + 1; i < count; i++) way[i] = way[i - 1]! + step(i - 1, i);
  for (let i = current - 1; i >= 0; i--) way[i] = way[i + 1]! + step(i + 1, i);
  return way;
}

/** A flat ribbon along the drive: what lies ahead in the accent colour, what lies behind in grey. Null below two positions. */
export function createRouteRibbon(
  trajectory: Trajectory,
  colours: ThemeColours,
): { mesh: Mesh; dispose(): void } | null {
  const { positions, current } = trajectory;
  const count = positions.length / 3;
  if (count < 2) return null;
  const way = measureWay(trajectory);
  const past = new Color(colours.past);
  const future = new Color(colours.future);
  const vertices = new Float32Array(count * 6);
  const tints = new Float32Array(count * 8);
  const indices: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = Math.max(0, i - 1);
    const after = Math.min(count - 1, i + 1);
    const dx = positions[3 * after]! - positions[3 * before]!;
    const dy = positions[3 * after + 1]! - positions[3 * before + 1]!;
    const norm = Math.hypot(dx, dy) || 1;
    const tint = i < current ? past : future;
    const alpha = (i < current ? 0.75 : 0.95) * Math.max(0, 1 - way[i]! / FADE_METRES);
    for (const [side, sign] of [
      [0, 1],
      [1, -1],
    ] as const) {
      const x = positions[3 * i]! - (sign * HALF_WIDTH * dy) / norm;
      const y = positions[3 * i + 1]! + (sign * HALF_WIDTH * dx) / norm;
      vertices.set([x, y, positions[3 * i + 2]! + LIFT], (2 * i + side) * 3);
      tints.set([tint.r, tint.g, tint.b, alpha], (2 * i + side) * 4);
    }
    if (i > 0) indices.push(2 * i - 2, 2 * i - 1, 2 * i, 2 * i, 2 * i - 1, 2 * i + 1);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(vertices, 3));
  geometry.setAttribute('tint', new Float32BufferAttribute(tints, 4));
  geometry.setIndex(indices);
  const material = new MeshBasicNodeMaterial({ transparent: true, depthWrite: false, side: DoubleSide });
  material.colorNode = attribute<'vec4'>('tint', 'vec4');
  const mesh = new Mesh(geometry, material);
  mesh.renderOrder = 3;
  return {
    mesh,
    dispose() {
      geometry.dispose();
      material.dispose();
    },
  };
}
