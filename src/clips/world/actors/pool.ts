import type { Random } from '../geometry/random.ts';
import type { MaterialTable } from '../materials.ts';
import { createCar } from './cars.ts';
import { createBicycle, createMotorcycle } from './cycles.ts';
import type { ActorShape } from './model.ts';
import { createBarrier, createCone } from './obstacles.ts';
import { createPerson } from './people.ts';
import { createBus, createConstructionVehicle, createLorry, createTrailer, createTruck } from './trucks.ts';

/** The shapes that one drive's actors are drawn from; sharing keeps memory and set-up time small. */
export interface ShapePool {
  readonly moving: readonly (readonly [number, readonly ActorShape[]])[];
  readonly parked: readonly (readonly [number, readonly ActorShape[]])[];
  readonly walkers: readonly ActorShape[];
  readonly standers: readonly ActorShape[];
  readonly workers: readonly ActorShape[];
  readonly trucks: readonly ActorShape[];
  /** The trucks that are large enough to draw a trailer. */
  readonly towing: readonly ActorShape[];
  readonly buses: readonly ActorShape[];
  readonly trailers: readonly ActorShape[];
  readonly construction: readonly ActorShape[];
  readonly parkedBicycles: readonly ActorShape[];
  readonly cones: readonly ActorShape[];
  readonly blocks: readonly ActorShape[];
  readonly boards: readonly ActorShape[];
}

export function createShapePool(random: Random, materials: MaterialTable): ShapePool {
  const many = (count: number, create: () => ActorShape) => Array.from({ length: count }, create);
  const cars = many(20, () => createCar(random, materials));
  // At least one of them is no pickup.
  const trucks = [...many(5, () => createTruck(random, materials)), createLorry(random, materials)];
  const buses = many(3, () => createBus(random, materials));
  const trailers = many(4, () => createTrailer(random, materials));
  const construction = many(3, () => createConstructionVehicle(random, materials));
  const cyclists = many(4, () => createBicycle(random, materials, true));
  const riders = many(4, () => createMotorcycle(random, materials, true));
  const parkedBicycles = many(3, () => createBicycle(random, materials, false));
  const motorcycles = many(3, () => createMotorcycle(random, materials, false));
  const truckShare = random.range(0.03, 0.2);
  return {
    moving: [
      [0.72, cars],
      [truckShare, trucks],
      [random.range(0.03, 0.12), buses],
      [0.07, cyclists],
      [0.07, riders],
      [0.015, construction],
    ],
    parked: [
      [0.8, cars],
      [truckShare * 0.7, trucks],
      [0.05, trailers],
      [0.05, motorcycles],
      [0.03, buses],
      [0.015, construction],
    ],
    walkers: many(14, () => createPerson(random, materials, true)),
    standers: many(8, () => createPerson(random, materials, false)),
    workers: many(2, () => createPerson(random, materials, false, true)),
    trucks,
    towing: trucks.filter((truck) => truck.boxSize[2] > 2.2),
    buses,
    trailers,
    construction,
    parkedBicycles,
    cones: many(2, () => createCone(random, materials)),
    blocks: many(2, () => createBarrier(random, materials, 'block')),
    boards: many(2, () => createBarrier(random, materials, 'board')),
  };
}
