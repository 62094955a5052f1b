import type { Random } from '../geometry/random.ts';
import type { MaterialTable } from '../materials.ts';
import { createCar } from './cars.ts';
import { createBicycle, createMotorcycle } from './cycles.ts';
import type { ActorShape } from './model.ts';
import { createBarrier, createCone } from './obstacles.ts';
import { createPerson } from './people.ts';
import { createBus, createConstructionVehicle, createTrailer, createTruck } from './trucks.ts';

/** The shapes that one drive's actors are drawn from; sharing keeps memory and set-up time small. */
export interface ShapePool {
  readonly moving: readonly (readonly [number, readonly ActorShape[]])[];
  readonly parked: readonly (readonly [number, readonly ActorShape[]])[];
  readonly walkers: readonly ActorShape[];
  readonly standers: readonly ActorShape[];
  readonly construction: readonly ActorShape[];
  readonly parkedBicycles: readonly ActorShape[];
  readonly cones: readonly ActorShape[];
  readonly blocks: readonly ActorShape[];
  readonly boards: readonly ActorShape[];
}

export function createShapePool(random: Random, materials: MaterialTable): ShapePool {
  const many = (count: number, create: () => ActorShape) => Array.from({ length: count }, create);
  const cars = many(20, () => createCar(random, materials));
  const trucks = many(5, () => createTruck(random, materials));
  const buses = many(2, () => createBus(random, materials));
  const trailers = many(2, () => createTrailer(random, materials));
  const construction = many(2, () => createConstructionVehicle(random, materials));
  const cyclists = many(4, () => createBicycle(random, materials, true));
  const riders = many(4, () => createMotorcycle(random, materials, true));
  const parkedBicycles = many(3, () => createBicycle(random, materials, false));
  const motorcycles = many(3, () => createMotorcycle(random, materials, false));
  const truckShare = random.range(0.03, 0.2);
  return {
    moving: [
      [0.72, cars],
      [truckShare, trucks],
      [random.range(0.02, 0.1), buses],
      [0.07, cyclists],
      [0.07, riders],
      [0.008, construction],
    ],
    parked: [
      [0.8, cars],
      [truckShare * 0.7, trucks],
      [0.035, trailers],
      [0.05, motorcycles],
      [0.02, buses],
      [0.015, construction],
    ],
    walkers: many(14, () => createPerson(random, materials, true)),
    standers: many(8, () => createPerson(random, materials, false)),
    construction,
    parkedBicycles,
    cones: many(2, () => createCone(random, materials)),
    blocks: many(1, () => createBarrier(random, materials, 'block')),
    boards: many(1, () => createBarrier(random, materials, 'board')),
  };
}
