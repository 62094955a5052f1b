import type { ChunkedStatics } from '../geometry/chunks.ts';
import type { Random } from '../geometry/random.ts';
import type { MaterialTable } from '../materials.ts';
import { placeBuildings } from './frontage.ts';
import { placeBackdrop, placeThickets, scatterPlants } from './greenery.ts';
import type { GroundField } from './ground.ts';
import type { RoadNetwork } from './network.ts';
import { placeEdging } from './placeEdging.ts';
import { fillMedian, placeKerbside, placeSignals } from './roadside.ts';
import { Site } from './site.ts';

/** Puts everything that does not move on the ground, buildings first; what is placed later makes way. Returns the site: what is taken, which lamps stand. */
export function populate(
  random: Random,
  field: GroundField,
  statics: ChunkedStatics,
  materials: MaterialTable,
  network: RoadNetwork,
): Site {
  const site = new Site(random, field, statics, materials, network);
  const sides = [1, -1] as const;
  for (const road of network.roads) {
    for (const side of sides) placeBuildings(site, road, side);
  }
  for (const road of network.roads) {
    for (const side of sides) {
      placeEdging(site, road, side);
      placeKerbside(site, road, side);
    }
    fillMedian(site, road);
  }
  placeSignals(site);
  scatterPlants(site);
  placeThickets(site);
  placeBackdrop(site);
  return site;
}
