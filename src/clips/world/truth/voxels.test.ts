import { describe, expect, it } from 'vitest';
import type { Vector3 } from '../../../domain/geometry.ts';
import { MeshBuilder } from '../geometry/meshBuilder.ts';
import { poseOnSlope } from '../geometry/transform.ts';
import { LABEL, MaterialTable, SEGMENT } from '../materials.ts';
import type { ActorState, Mesh, WorldInstant } from '../model.ts';
import { Voxeliser } from './voxels.ts';

const materials = new MaterialTable();
const car = materials.add('car', LABEL.car, SEGMENT.car, [0.5, 0.5, 0.5]);
const road = materials.add('road', LABEL.driveable, SEGMENT.road, [0.2, 0.2, 0.2]);
const paint = materials.add('paint', LABEL.none, SEGMENT.road, [0.8, 0.8, 0.8]);

const weather: WorldInstant['weather'] = {
  sunDirection: [0, 0, 1],
  sunColour: [1, 1, 1],
  skyZenith: [1, 1, 1],
  skyHorizon: [1, 1, 1],
  cloudCover: 0,
  fogDensity: 0,
  exposure: 1,
  wetness: 0,
  night: 0,
  noise: 1,
};

function plane(height: number, material: number): Mesh {
  const builder = new MeshBuilder();
  builder.addPolygon(
    [
      [-60, -60, height],
      [60, -60, height],
      [60, 60, height],
      [-60, 60, height],
    ],
    material,
  );
  return builder.build();
}

function boxActor(size: Vector3, x: number, y: number, yaw: number, velocity: Vector3): ActorState {
  const builder = new MeshBuilder();
  builder.addBox(0, 0, 0, size, car);
  return {
    instance: 1,
    category: 'vehicle.car',
    mesh: builder.build(),
    worldFromMesh: poseOnSlope(x, y, 0, yaw, 0, 0),
    velocity,
    boxSize: size,
    boxCentre: [0, 0, size[2] / 2],
  };
}

function world(meshes: readonly Mesh[], actors: readonly ActorState[]): WorldInstant {
  const statics = meshes.map((mesh) => ({ mesh, lower: [-60, -60, -1] as Vector3, upper: [60, 60, 1] as Vector3 }));
  return { materials: materials.list, statics, actors, lamps: [], weather, seed: 1 };
}

const voxelOf = (x: number, y: number, z: number) =>
  (Math.floor((x + 40) / 0.4) * 200 + Math.floor((y + 40) / 0.4)) * 16 + Math.floor((z + 1) / 0.4);

describe('Voxeliser', () => {
  it('makes a plane exactly one layer, paint none', () => {
    const { labels } = new Voxeliser().voxelise(
      world([plane(0, road), plane(0.012, paint)], []),
      poseOnSlope(0, 0, 0, 0.3, 0, 0),
    );
    let occupied = 0;
    let layer = 0;
    for (let column = 0; column < 40000; column++) {
      if (labels[column * 16 + 2] === LABEL.driveable) layer++;
      for (let k = 0; k < 16; k++) if (labels[column * 16 + k] !== LABEL.free) occupied++;
    }
    expect(layer).toBe(40000);
    expect(occupied).toBe(40000);
  });

  it('drops ground that lies below the grid', () => {
    const { labels } = new Voxeliser().voxelise(world([plane(-1.5, road)], []), poseOnSlope(0, 0, 0, 0, 0, 0));
    expect(labels.every((label) => label === LABEL.free)).toBe(true);
  });

  it('fills exactly the surface voxels of a box', () => {
    // From (8.05, -0.75, 0) to (11.95, 0.75, 1.5): no face lies on a voxel border.
    const actor = boxActor([3.9, 1.5, 1.5], 10, 0, 0, [0, 0, 0]);
    const { labels } = new Voxeliser().voxelise(world([], [actor]), poseOnSlope(0, 0, 0, 0, 0, 0));
    const wrong: string[] = [];
    for (let i = 0; i < 200; i++) {
      for (let j = 0; j < 200; j++) {
        for (let k = 0; k < 16; k++) {
          const inside = i >= 120 && i <= 129 && j >= 98 && j <= 101 && k >= 2 && k <= 6;
          const shell = i === 120 || i === 129 || j === 98 || j === 101 || k === 2 || k === 6;
          if ((labels[(i * 200 + j) * 16 + k] === LABEL.car) !== (inside && shell)) wrong.push(`${i},${j},${k}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('turns the velocity into ego axes and gives background none', () => {
    // World velocity +x seen by an ego that looks along +y is -y (to the right).
    const actor = boxActor([4, 1.8, 1.5], 0, 10, 0, [5, 0, 0]);
    const { labels, flow } = new Voxeliser().voxelise(
      world([plane(0, road)], [actor]),
      poseOnSlope(0, 0, 0, Math.PI / 2, 0, 0),
    );
    let moving = 0;
    let wrong = 0;
    for (let index = 0; index < labels.length; index++) {
      const [forward, left] = [flow[index * 2]!, flow[index * 2 + 1]!];
      if (labels[index] === LABEL.car) {
        moving++;
        if (Math.abs(forward) > 1e-5 || Math.abs(left + 5) > 1e-5) wrong++;
      } else if (forward !== 0 || left !== 0) wrong++;
    }
    expect(wrong).toBe(0);
    expect(moving).toBeGreaterThan(100);
    expect(labels[voxelOf(9.15, 0, 0.7)]).toBe(LABEL.car);
  });

  it('lets a thing win over the ground it stands on', () => {
    const actor = boxActor([4, 1.8, 1.5], 10, 0, 0, [0, 0, 0]);
    const { labels } = new Voxeliser().voxelise(world([plane(0, road)], [actor]), poseOnSlope(0, 0, 0, 0, 0, 0));
    expect(labels[voxelOf(10, 0, 0)]).toBe(LABEL.car);
    expect(labels[voxelOf(20, 0, 0)]).toBe(LABEL.driveable);
  });
});
