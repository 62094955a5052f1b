import type { ChunkedStatics } from '../geometry/chunks.ts';
import { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import { buildBuilding } from './buildings.ts';
import { addBarrierBlock, addFence, addGuardRail, addWall } from './edgings.ts';
import { FurnitureKit } from './furniture.ts';
import type { GroundField } from './ground.ts';
import { clearIntervals, medianIntervals } from './medians.ts';
import type { Road, RoadNetwork } from './network.ts';
import { type Footprint, PlacementMap } from './placement.ts';
import { PlantKit } from './plants.ts';

/** What stands at a place beside a road: position, yaw (local -y looks at the road) and ground height. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/** Puts everything that does not move on the ground, buildings first. */
export class Populator {
  private readonly map: PlacementMap;
  private readonly plants: PlantKit;
  private readonly furniture: FurnitureKit;

  constructor(
    private readonly random: Random,
    private readonly field: GroundField,
    private readonly statics: ChunkedStatics,
    private readonly materials: MaterialTable,
    private readonly network: RoadNetwork,
  ) {
    this.map = new PlacementMap(field);
    this.plants = new PlantKit(random.fork(1), materials);
    this.furniture = new FurnitureKit(random.fork(2), materials);
  }

  build(): PlacementMap {
    for (const road of this.network.roads) {
      for (const side of [1, -1] as const) this.placeBuildings(road, side);
    }
    for (const road of this.network.roads) {
      for (const side of [1, -1] as const) {
        this.placeEdging(road, side);
        this.placeKerbside(road, side);
      }
      this.fillMedian(road);
    }
    this.placeSignals();
    this.scatterPlants();
    this.placeThickets();
    this.placeBackdrop();
    return this.map;
  }

  private spotBeside(road: Road, along: number, side: 1 | -1, beyondKerb: number): Spot {
    const place = road.curve.at(along);
    const lateral = side * (road.halfWidth + beyondKerb);
    return {
      x: place.x - lateral * Math.sin(place.heading),
      y: place.y + lateral * Math.cos(place.heading),
      yaw: place.heading + (side > 0 ? 0 : Math.PI),
    };
  }

  private lowestGround(footprint: Footprint): number {
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

  private placeBuildings(road: Road, side: 1 | -1): void {
    const { random } = this;
    const { style } = this.field;
    const common = this.field.verge + this.field.sidewalk + random.range(style.setback[0], style.setback[1]);
    const floorsHere = random.integer(style.floors[0], style.floors[1]);
    let along = random.range(0, 12);
    while (along < road.curve.length) {
      const hall = style.kind === 'industrial' && random.chance(0.6);
      const width = hall
        ? random.range(18, 45)
        : random.range(style.kind === 'city' ? 9 : 7, style.kind === 'city' ? 30 : 17);
      const depth = hall ? random.range(14, 30) : random.range(8, 15);
      if (random.chance(style.frontage)) {
        const back = Math.max(0.2 + this.field.verge + this.field.sidewalk, common + random.gaussian() * 1.2);
        const spot = this.spotBeside(road, along + width / 2, side, back + depth / 2);
        const footprint = { ...spot, halfLength: width / 2, halfWidth: depth / 2 };
        if (this.map.claim(footprint, this.field.verge + this.field.sidewalk + 0.1)) {
          const base = this.lowestGround(footprint) + 0.15;
          const floors = Math.min(Math.max(floorsHere + random.integer(-1, 1), 1), 12);
          const builder = this.statics.at(spot.x, spot.y, base, spot.yaw);
          buildBuilding(
            builder,
            random,
            {
              width,
              depth,
              floors: hall ? random.integer(1, 2) : floors,
              pitchedRoof: floors < 4 && random.chance(0.65),
              below: 2.5,
              hall,
            },
            this.materials,
          );
        }
      }
      const row = style.kind === 'city' && random.chance(0.6);
      along += width + (row ? 0.05 : random.range(1.5, 14));
    }
  }

  private placeEdging(road: Road, side: 1 | -1): void {
    const { random } = this;
    const { style } = this.field;
    const near = this.field.verge + this.field.sidewalk + 0.5;
    let along = random.range(0, 10);
    while (along < road.curve.length) {
      const length = random.range(5, 28);
      if (random.chance(style.edging)) {
        const kind = random.pickWeighted([
          [38, 'hedge'],
          [24, 'wall'],
          [28, 'fence'],
          [style.relief > 0.8 ? 14 : 3, 'rail'],
        ] as const);
        const back = near + (random.chance(0.75) ? 0 : random.range(0.5, 5));
        this.buildRun(road, side, along, length, back, kind);
      }
      along += length + random.range(0.5, 9);
    }
  }

  /** A hedge, wall, fence or rail in pieces of 4 m, so that it follows a bent road. */
  private buildRun(
    road: Road,
    side: 1 | -1,
    from: number,
    length: number,
    back: number,
    kind: 'hedge' | 'wall' | 'fence' | 'rail',
  ): void {
    const { random } = this;
    const tall = random.chance(0.3);
    const height =
      kind === 'rail'
        ? 0.8
        : kind === 'hedge'
          ? random.range(0.7, tall ? 3.2 : 1.8)
          : random.range(0.8, tall ? 3.4 : 2);
    const width = kind === 'hedge' ? random.range(0.6, 1.4) : 0.4;
    // The same stream for every piece, so that one wall's pieces look alike.
    const fork = random.integer(0, 1 << 30);
    for (let along = from; along < from + length; along += 4) {
      const start = this.spotBeside(road, side > 0 ? along : along + 4, side, back);
      const end = this.spotBeside(road, side > 0 ? along + 4 : along, side, back);
      const yaw = Math.atan2(end.y - start.y, end.x - start.x);
      const span = Math.hypot(end.x - start.x, end.y - start.y);
      const footprint = {
        x: (start.x + end.x) / 2,
        y: (start.y + end.y) / 2,
        yaw,
        halfLength: span / 2 - 0.2,
        halfWidth: width / 2,
      };
      if (!this.map.claim(footprint, this.field.verge + this.field.sidewalk)) continue;
      const origin = this.field.heightAt(start.x, start.y);
      const groundAt = (x: number) =>
        this.field.heightAt(start.x + x * Math.cos(yaw), start.y + x * Math.sin(yaw)) - origin;
      const builder = this.statics.at(start.x, start.y, origin, yaw);
      if (kind === 'hedge') this.plants.addHedge(builder, span, height, width, groundAt);
      else if (kind === 'wall') addWall(builder, new Random(fork), span, height, this.materials, groundAt);
      else if (kind === 'fence') addFence(builder, new Random(fork), span, height, this.materials, groundAt);
      else addGuardRail(builder, span, this.materials, groundAt);
    }
  }

  private placeKerbside(road: Road, side: 1 | -1): void {
    const { random, furniture } = this;
    const { style, verge, sidewalk } = this.field;
    const spacing = random.range(18, 38);
    const treeRow = random.chance(Math.min(style.trees, 0.8)) ? random.range(6, 14) : 0;
    const bollards = random.chance(0.12 * style.clutter);
    const kerbside = Math.min(0.6, verge / 2 + 0.3);
    for (const [from, to] of clearIntervals(road, this.network, 8)) {
      for (let along = from + random.range(0, 8); along < to; along += 1.5) {
        const step = Math.floor(along / 1.5);
        if (step % Math.round(spacing / 1.5) === 0)
          this.tryAt(road, along, side, kerbside, 0.3, (b) => furniture.addLamp(b));
        else if (treeRow > 0 && step % Math.round(treeRow / 1.5) === 2) {
          this.tryAt(road, along, side, verge > 0 ? verge / 2 : kerbside + 0.4, 0.5, (b) =>
            this.plants.addTree(b, random.range(4, 11)),
          );
        } else if (bollards && step % 2 === 1) this.tryAt(road, along, side, 0.4, 0.15, (b) => furniture.addBollard(b));
        else if (random.chance(0.07 * style.clutter)) this.placeClutter(road, along, side, verge + sidewalk);
      }
    }
  }

  private placeClutter(road: Road, along: number, side: 1 | -1, walk: number): void {
    const { random, furniture } = this;
    const back = walk > 0.5 ? walk - 0.5 : 0.8;
    const kind = random.pickWeighted([
      [20, 'sign'],
      [18, 'bin'],
      [10, 'bench'],
      [10, 'cabinet'],
      [6, 'planter'],
      [5, 'billboard'],
      [6, 'shelter'],
      [8, 'pole'],
      [4, 'rock'],
      [4, 'container'],
      [3, 'pile'],
    ] as const);
    if (kind === 'sign') this.tryAt(road, along, side, 0.5, 0.2, (b) => furniture.addSign(b));
    else if (kind === 'bin') this.tryAt(road, along, side, back, 0.35, (b) => furniture.addBin(b));
    else if (kind === 'bench') this.tryAt(road, along, side, back, 0.8, (b) => furniture.addBench(b));
    else if (kind === 'cabinet') this.tryAt(road, along, side, back, 0.6, (b) => furniture.addCabinet(b));
    else if (kind === 'planter') this.tryAt(road, along, side, 0.9, 0.9, (b) => furniture.addPlanter(b));
    else if (kind === 'billboard') this.tryAt(road, along, side, walk + 0.5, 1.4, (b) => furniture.addBillboard(b));
    else if (kind === 'shelter')
      this.tryAt(road, along, side, Math.max(walk * 0.7, 1.4), 1.9, (b) => furniture.addShelter(b));
    else if (kind === 'pole') this.tryAt(road, along, side, 0.5, 0.2, (b) => furniture.addUtilityPole(b));
    else if (kind === 'rock')
      this.tryAt(road, along, side, walk + random.range(0.5, 6), 0.7, (b) => furniture.addRock(b));
    else if (kind === 'container')
      this.tryAt(road, along, side, walk + random.range(2, 9), 2.4, (b) => furniture.addContainer(b));
    else this.tryAt(road, along, side, walk + random.range(2, 9), 2, (b) => furniture.addPile(b));
  }

  private tryAt(
    road: Road,
    along: number,
    side: 1 | -1,
    beyondKerb: number,
    radius: number,
    add: (builder: ReturnType<ChunkedStatics['at']>) => void,
  ): void {
    const spot = this.spotBeside(road, along, side, beyondKerb);
    if (
      !this.map.claim(
        { ...spot, halfLength: radius, halfWidth: Math.min(radius, 0.6) },
        Math.min(0.12, beyondKerb - 0.1),
      )
    )
      return;
    add(this.statics.at(spot.x, spot.y, this.field.heightAt(spot.x, spot.y), spot.yaw));
  }

  private fillMedian(road: Road): void {
    const { random } = this;
    if (road.median === 0) return;
    const kind = random.pick(['trees', 'bushes', 'barrier', 'hedge', 'bare'] as const);
    const paint = this.materials.add(
      'median barrier',
      LABEL.barrier,
      SEGMENT.wall,
      random.vary([0.45, 0.44, 0.42], 0.2),
      { pattern: 'concrete' },
    );
    for (const [from, to] of medianIntervals(road, this.network)) {
      for (
        let along = from + 2;
        along < to - 2;
        along += kind === 'trees' ? random.range(6, 12) : kind === 'bushes' ? random.range(2, 6) : 2
      ) {
        const place = road.curve.at(along);
        if (this.field.routeAt(place.x, place.y) > 85) continue;
        const builder = this.statics.at(
          place.x,
          place.y,
          this.field.roadHeight(place.x, place.y) + 0.12,
          place.heading,
        );
        if (kind === 'trees') this.plants.addTree(builder, random.range(4, 9));
        else if (kind === 'bushes') this.plants.addBush(builder, Math.min(random.range(0.5, 1.2), road.median));
        else if (kind === 'barrier') addBarrierBlock(builder, paint, 1.95);
        else if (kind === 'hedge')
          this.plants.addHedge(builder, 2, random.range(0.8, 1.1), Math.min(road.median * 1.2, 1.2), () => 0);
      }
    }
  }

  private placeSignals(): void {
    const { random, network } = this;
    for (const crossing of network.crossings) {
      if (random.chance(0.3)) continue;
      const armed = random.chance(0.5);
      for (const which of [0, 1] as const) {
        const road = network.roads[crossing.roads[which]]!;
        const other = network.roads[crossing.roads[1 - which]!]!;
        for (const arm of [-1, 1] as const) {
          const along = crossing.along[which] + arm * (other.halfWidth + 4);
          if (along < 2 || along > road.curve.length - 2) continue;
          // The light stands on the side on which traffic comes towards the crossing.
          const side = (arm < 0 ? -this.field.style.side : this.field.style.side) as 1 | -1;
          const spot = this.spotBeside(road, along, side, 0.7);
          if (!this.map.claim({ ...spot, halfLength: 0.3, halfWidth: 0.3 }, 0.1)) continue;
          const facing = road.curve.at(along).heading + (arm < 0 ? 0 : Math.PI);
          const builder = this.statics.at(spot.x, spot.y, this.field.heightAt(spot.x, spot.y), facing);
          this.furniture.addTrafficLight(
            builder,
            armed && this.field.style.side > 0 ? -road.lanesPerSide * road.laneWidth : 0,
            which === 0,
          );
        }
      }
    }
  }

  private scatterPlants(): void {
    const { random, field } = this;
    const wide = (field.columns * 2) / 1;
    const tall = (field.rows * 2) / 1;
    const count = Math.round((wide * tall) / 100);
    for (let i = 0; i < count; i++) {
      const x = field.lower[0] + random.next() * wide;
      const y = field.lower[1] + random.next() * tall;
      const route = field.routeAt(x, y);
      const edge = field.edgeAt(x, y);
      if (route > 85 || edge < field.verge + field.sidewalk + 0.6) continue;
      const z = field.heightAt(x, y);
      if (random.chance(field.style.trees * 0.35)) {
        if (this.map.claim({ x, y, yaw: 0, halfLength: 0.8, halfWidth: 0.8 }, field.verge + field.sidewalk + 0.5))
          this.plants.addTree(this.statics.at(x, y, z), random.range(3.5, 14));
      } else if (random.chance(field.style.bushes * 0.4)) {
        const size = random.range(0.4, 1.6);
        if (
          this.map.claim(
            { x, y, yaw: 0, halfLength: size * 0.6, halfWidth: size * 0.6 },
            field.verge + field.sidewalk + 0.2,
          )
        )
          this.plants.addBush(this.statics.at(x, y, z), size);
      }
    }
  }

  private placeThickets(): void {
    const { random, field } = this;
    const patches = Math.round(field.style.thickets * 70);
    for (let i = 0; i < patches; i++) {
      const road = random.pick(this.network.roads);
      const depth = random.range(1, 12);
      const height = random.range(0.8, 5);
      const centre = this.spotBeside(
        road,
        random.range(0, road.curve.length),
        random.pick([1, -1] as const),
        field.verge + field.sidewalk + depth,
      );
      if (field.routeAt(centre.x, centre.y) > 80) continue;
      for (let k = random.integer(5, 14); k > 0; k--) {
        const x = centre.x + random.gaussian() * 4;
        const y = centre.y + random.gaussian() * 4;
        const size = height * random.range(0.4, 0.75);
        if (
          !this.map.claim(
            { x, y, yaw: 0, halfLength: size * 0.45, halfWidth: size * 0.45 },
            field.verge + field.sidewalk + size * 0.6,
          )
        )
          continue;
        this.plants.addThicketLump(this.statics.at(x, y, field.heightAt(x, y)), size, height * random.range(0.7, 1.2));
      }
    }
  }

  private placeBackdrop(): void {
    const { random, field } = this;
    for (let i = 0; i < 150; i++) {
      const x = field.lower[0] + random.range(-130, field.columns * 2 + 130);
      const y = field.lower[1] + random.range(-130, field.rows * 2 + 130);
      const outside =
        x < field.lower[0] ||
        y < field.lower[1] ||
        x > field.lower[0] + field.columns * 2 ||
        y > field.lower[1] + field.rows * 2;
      if (!outside && field.routeAt(x, y) < 100) continue;
      if (field.edgeAt(x, y) < 18 && !outside) continue;
      const builder = this.statics.at(x, y, field.roadHeight(x, y) - 1.5, random.range(0, 6.28));
      if (random.chance(field.style.frontage)) {
        buildBuilding(
          builder,
          random,
          {
            width: random.range(12, 40),
            depth: random.range(10, 20),
            floors: random.integer(field.style.floors[0], field.style.floors[1] + 2),
            pitchedRoof: random.chance(0.4),
            below: 3,
            hall: true,
          },
          this.materials,
        );
      } else if (random.chance(0.6)) this.plants.addTree(builder, random.range(6, 16));
      else this.plants.addThicketLump(builder, random.range(4, 10), random.range(4, 9));
    }
  }
}
