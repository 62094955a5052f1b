import type { GroundField } from '../layout/ground.ts';
import type { RoadNetwork } from '../layout/network.ts';
import type { PlacementMap } from '../layout/placement.ts';
import type { ActorShape, ParkedActor } from './model.ts';
import type { ShapePool } from './pool.ts';

/** Metres from the ego's way beyond which nothing that stands is kept. */
const REACH = 90;

/** The street of one drive and what stands on it: vehicles that are parked, road works, their workers. */
export class Street {
  readonly actors: ParkedActor[] = [];

  constructor(
    readonly network: RoadNetwork,
    readonly field: GroundField,
    readonly map: PlacementMap,
    readonly pool: ShapePool,
  ) {}

  /** Stands an actor here, near the ego's way only. */
  add(shape: ActorShape, x: number, y: number, yaw: number): void {
    if (this.field.routeAt(x, y) < REACH) this.actors.push({ shape, x, y, yaw });
  }
}
