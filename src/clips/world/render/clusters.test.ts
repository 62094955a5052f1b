import { describe, expect, it } from 'vitest';
import type { Vector3 } from '../../../domain/geometry.ts';
import { Random } from '../geometry/random.ts';
import type { Mesh } from '../model.ts';
import { findClusters } from './clusters.ts';
import { createRenderer } from './renderer.ts';
import { joinMeshes, makeBox, makeCamera, makeInstant, makeMaterial, makeQuad } from './testScene.ts';

const random = new Random(4);
const boxes: Mesh[] = Array.from({ length: 400 }, (_, index) => {
  const [x, y, z] = [random.range(-30, 60), random.range(-30, 30), random.range(0, 6)];
  const size = random.range(0.2, 3);
  const upper: Vector3 = [x + size, y + size, z + size];
  return makeBox([x, y, z], upper, index % 3);
});
const wall = makeQuad([12, -9, 0], [0, 18, 0], [0, 0, 7], 1);
const materials = [1, 2, 3].map((segmentation) => makeMaterial('plain', segmentation, [0.3, 0.3, 0.3]));

describe('findClusters', () => {
  it('covers every triangle once and every vertex of its run', () => {
    const mesh = joinMeshes(boxes);
    const { starts, vertices, bounds } = findClusters(mesh);
    expect(starts[0]).toBe(0);
    expect(starts[starts.length - 1]).toBe(mesh.materials.length);
    expect(starts.length).toBeGreaterThan(20);
    let outside = 0;
    for (let c = 0; c + 1 < starts.length; c++) {
      for (let i = starts[c]! * 3; i < starts[c + 1]! * 3; i++) {
        const vertex = mesh.indices[i]!;
        if (vertex < vertices[c * 2]! || vertex > vertices[c * 2 + 1]!) outside++;
        for (let k = 0; k < 3; k++) {
          const value = mesh.positions[vertex * 3 + k]!;
          if (value < bounds[c * 6 + k]! || value > bounds[c * 6 + 3 + k]!) outside++;
        }
      }
    }
    expect(outside).toBe(0);
  });
});

describe('skipping hidden runs', () => {
  it('gives the picture that drawing everything gives', () => {
    const camera = makeCamera([0, 0, 1.6], 0.2, 96, 54, 60);
    // Far parts first in one mesh: nothing is hidden yet when they are drawn. The other way round nearly all is.
    const whole = createRenderer(makeInstant(materials, [joinMeshes([...boxes, wall])])).renderView(camera);
    const parted = createRenderer(makeInstant(materials, [wall, ...boxes])).renderView(camera);
    expect(parted.depth).toEqual(whole.depth);
    expect(parted.segmentation).toEqual(whole.segmentation);
    expect(new Set(whole.segmentation).size).toBe(4);
  });
});
