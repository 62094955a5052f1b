import type { Random } from '../geometry/random.ts';

/** What kind of place a drive goes through; every number is a density or a size that the layout files read. */
export interface PlaceStyle {
  readonly kind: 'city' | 'suburb' | 'park' | 'industrial' | 'village';
  /** +1: traffic keeps right; -1: keeps left. */
  readonly side: 1 | -1;
  /** Share of the frontage with buildings, their usual set-back (m) and number of floors. */
  readonly frontage: number;
  readonly setback: readonly [number, number];
  readonly floors: readonly [number, number];
  /** Trees and bushes for each 10 m of road side; share of frontage with hedges, walls or fences. */
  readonly trees: number;
  readonly bushes: number;
  readonly edging: number;
  /** Share of open ground covered by thickets. */
  readonly thickets: number;
  /** Height in metres of banks and dips beside the road, and of the hills that carry the road. */
  readonly relief: number;
  readonly hills: number;
  /** How much higher than the kerb (m) the ground is some way off the road: what stands there has its foot above the road's plane. */
  readonly rise: number;
  /** Slope of the ground beside the road, up from the kerb: verges and footways drain toward the carriageway. */
  readonly crossfall: number;
  /** Moving vehicles per 100 m of lane, parked share of kerb, pedestrians per 100 m of sidewalk. */
  readonly traffic: number;
  readonly parked: number;
  readonly pedestrians: number;
  /** Street furniture, clutter and road works, as factors on usual densities. */
  readonly clutter: number;
  readonly works: number;
  /** Open ground: probabilities of grass, soil, gravel, paving. */
  readonly ground: readonly [number, number, number, number];
}

const kinds = {
  city: {
    frontage: [0.8, 1],
    setback: [0, 4],
    floors: [2, 9],
    trees: [0.2, 1.2],
    bushes: [0, 0.6],
    edging: [0.05, 0.35],
    thickets: [0, 0.15],
    relief: [0, 0.6],
    parked: [0.2, 0.75],
    pedestrians: [4, 14],
    ground: [2, 0.4, 0.4, 2.4],
  },
  suburb: {
    frontage: [0.5, 0.85],
    setback: [2, 11],
    floors: [1, 4],
    trees: [0.6, 1.8],
    bushes: [0.6, 2.4],
    edging: [0.3, 0.85],
    thickets: [0.1, 0.45],
    relief: [0.2, 1.6],
    parked: [0.15, 0.5],
    pedestrians: [1.5, 7],
    ground: [5, 1, 0.7, 0.5],
  },
  park: {
    frontage: [0.05, 0.3],
    setback: [6, 18],
    floors: [1, 5],
    trees: [1.1, 2.6],
    bushes: [1, 3],
    edging: [0.2, 0.6],
    thickets: [0.35, 0.9],
    relief: [0.4, 3],
    parked: [0, 0.3],
    pedestrians: [1.5, 8],
    ground: [6, 1.5, 0.4, 0.2],
  },
  industrial: {
    frontage: [0.35, 0.8],
    setback: [2, 16],
    floors: [1, 4],
    trees: [0.2, 1.1],
    bushes: [0.2, 1.4],
    edging: [0.4, 0.9],
    thickets: [0.05, 0.4],
    relief: [0, 1],
    parked: [0.1, 0.5],
    pedestrians: [1, 4],
    ground: [1.5, 1.5, 1.5, 1],
  },
  village: {
    frontage: [0.5, 0.85],
    setback: [0.5, 6],
    floors: [1, 3],
    trees: [0.4, 1.7],
    bushes: [0.5, 2.2],
    edging: [0.4, 0.85],
    thickets: [0.15, 0.55],
    relief: [0.3, 2.2],
    parked: [0.1, 0.45],
    pedestrians: [1.5, 6],
    ground: [4, 2, 0.8, 0.6],
  },
} as const;

/** Draws a place; wide spreads on purpose, since a perception network learns these sizes as priors. */
export function pickStyle(random: Random): PlaceStyle {
  const kind = random.pickWeighted([
    [32, 'city'],
    [24, 'suburb'],
    [16, 'park'],
    [14, 'industrial'],
    [14, 'village'],
  ] as const);
  const table = kinds[kind];
  const draw = (range: readonly [number, number]) => random.range(range[0], range[1]);
  return {
    kind,
    side: random.chance(0.65) ? 1 : -1,
    frontage: draw(table.frontage),
    setback: table.setback,
    floors: table.floors,
    trees: draw(table.trees),
    bushes: draw(table.bushes),
    edging: draw(table.edging),
    thickets: draw(table.thickets),
    relief: random.chance(0.15) ? 0 : draw(table.relief),
    hills: random.pickWeighted([
      [40, random.range(0, 0.25)],
      [38, random.range(0.25, 0.9)],
      [22, random.range(0.9, 2)],
    ]),
    traffic: random.range(1.2, 4.2),
    parked: draw(table.parked),
    pedestrians: draw(table.pedestrians),
    clutter: random.range(0.6, 2.6),
    works: random.chance(0.85) ? random.range(0.5, 1.6) : 0,
    ground: table.ground,
    rise: random.pickWeighted([
      [40, random.range(-0.05, 0.15)],
      [40, random.range(0.15, 0.7)],
      [20, random.range(0.7, 1.6)],
    ]),
    crossfall: random.pickWeighted([
      [25, random.range(-0.01, 0.01)],
      [55, random.range(0.015, 0.055)],
      [20, random.range(0.055, 0.11)],
    ]),
  };
}
