import type { Vector3 } from '../../../domain/geometry.ts';
import type { ChunkedStatics } from '../geometry/chunks.ts';
import type { Random } from '../geometry/random.ts';
import { createStreetLamp } from '../lamps.ts';
import type { MaterialTable } from '../materials.ts';
import type { Lamp } from '../model.ts';
import { ClutterKit } from './clutter.ts';
import { FurnitureKit } from './furniture.ts';
import type { GroundField } from './ground.ts';
import type { Road, RoadNetwork } from './network.ts';
import { type Footprint, PlacementMap } from './placement.ts';
import { PlantKit } from './plants.ts';

/** Sodium, warm and cold white. */
const LAMP_COLOURS: readonly Vector3[] = [
  [1.3, 0.62, 0.16],
  [1.1, 0.82, 0.5],
  [0.95, 0.95, 0.9],
  [0.82, 0.95, 1.1],
];

/** What stands at a place beside a road: position and yaw (local -y looks at the road). */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/** The ground that is being built on: what is taken, what things are made with, and where places beside a road are. */
export class Site {
  readonly map: PlacementMap;
  readonly plants: PlantKit;
  readonly furniture: FurnitureKit;
  readonly clutter: ClutterKit;
  /** Street lamps that stand; they burn at night. */
  readonly lamps: Lamp[] = [];
  private readonly lampColour: Vector3;

  constructor(
    readonly random: Random,
    readonly field: GroundField,
    readonly statics: ChunkedStatics,
    readonly materials: MaterialTable,
    readonly network: RoadNetwork,
  ) {
    this.map = new PlacementMap(field);
    this.plants = new PlantKit(random.fork(1), materials);
    this.furniture = new FurnitureKit(random.fork(2), materials);
    this.lampColour = random.fork(4).pick(LAMP_COLOURS);
    this.clutter = new ClutterKit(random.fork(3), materials);
  }

  /** A street lamp beside the road, if there is room for it. */
  addStreetLamp(road: Road, along: number, side: 1 | -1, beyondKerb: number): void {
    this.tryAt(road, along, side, beyondKerb, 0.3, (builder, spot) => {
      const [y, z] = this.furniture.addLamp(builder);
      const { x: px, y: py, yaw } = spot;
      const ground = this.field.heightAt(px, py);
      // Lower lamps are weaker: what lies below each is lit alike.
      const strength = 1.3 * z * z + 10;
      const [red, green, blue] = this.lampColour;
      this.lamps.push(
        createStreetLamp(
          [px - y * Math.sin(yaw), py + y * Math.cos(yaw), ground + z],
          [red * strength, green * strength, blue * strength],
        ),
      );
    });
  }

  spotBeside(road: Road, along: number, side: 1 | -1, beyondKerb: number): Spot {
    const { x, y, heading } = road.curve.beside(along, side * (road.halfWidth + beyondKerb));
    return { x, y, yaw: heading + (side > 0 ? 0 : Math.PI) };
  }

  lowestGround(footprint: Footprint): number {
    const { x, y, yaw, halfLength, halfWidth } = footprint;
    let low = Number.POSITIVE_INFINITY;
    for (const [a, b] of [
      [0, 0],
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ] as const) {
      const px = x + a * halfLength * Math.cos(yaw) - b * halfWidth * Math.sin(yaw);
      const py = y + a * halfLength * Math.sin(yaw) + b * halfWidth * Math.cos(yaw);
      low = Math.min(low, this.field.heightAt(px, py));
    }
    return low;
  }

  tryAt(
    road: Road,
    along: number,
    side: 1 | -1,
    beyondKerb: number,
    radius: number,
    add: (builder: ReturnType<ChunkedStatics['at']>, spot: Spot) => void,
  ): void {
    const spot = this.spotBeside(road, along, side, beyondKerb);
    if (
      !this.map.claim(
        { ...spot, halfLength: radius, halfWidth: Math.min(radius, 0.6) },
        Math.min(0.12, beyondKerb - 0.1),
      )
    )
      return;
    add(this.statics.at(spot.x, spot.y, this.field.heightAt(spot.x, spot.y), spot.yaw), spot);
  }
}
