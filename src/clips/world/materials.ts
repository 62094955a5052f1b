import type { Vector3 } from '../../domain/geometry.ts';
import type { Material, Pattern } from './model.ts';

/** Occ3D labels by name. */
export const LABEL = {
  others: 0,
  barrier: 1,
  bicycle: 2,
  bus: 3,
  car: 4,
  construction: 5,
  motorcycle: 6,
  pedestrian: 7,
  cone: 8,
  trailer: 9,
  truck: 10,
  driveable: 11,
  otherFlat: 12,
  sidewalk: 13,
  terrain: 14,
  manmade: 15,
  vegetation: 16,
  free: 17,
  none: 255,
} as const;

/** Cityscapes train ids by name; 16 (their train) is our trailer, 19 and above are ours. */
export const SEGMENT = {
  road: 0,
  sidewalk: 1,
  building: 2,
  wall: 3,
  fence: 4,
  pole: 5,
  light: 6,
  sign: 7,
  vegetation: 8,
  terrain: 9,
  sky: 10,
  person: 11,
  rider: 12,
  car: 13,
  truck: 14,
  bus: 15,
  trailer: 16,
  motorcycle: 17,
  bicycle: 18,
  cone: 19,
  construction: 20,
  barrier: 21,
  object: 22,
} as const;

/** What a new material may leave out. */
export interface MaterialLook {
  readonly pattern?: Pattern;
  readonly scale?: number;
  readonly second?: Vector3;
}

/** The growing list of a drive's materials; asking twice for the same one gives the same index. */
export class MaterialTable {
  readonly list: Material[] = [];
  private readonly indexByKey = new Map<string, number>();

  /** Index of the material with this look and meaning, added when new. Colours are linear RGB. */
  add(name: string, label: number, segmentation: number, colour: Vector3, look: MaterialLook = {}): number {
    const rounded = (c: Vector3): Vector3 => [round(c[0]), round(c[1]), round(c[2])];
    const first = rounded(colour);
    const second = rounded(look.second ?? [colour[0] * 0.7, colour[1] * 0.7, colour[2] * 0.7]);
    const { pattern = 'plain', scale = 1 } = look;
    const key = [name, label, segmentation, ...first, ...second, pattern, scale].join();
    const known = this.indexByKey.get(key);
    if (known !== undefined) return known;
    const index = this.list.length;
    this.list.push({
      name,
      label,
      segmentation,
      colour: first,
      secondColour: second,
      pattern,
      scale,
      seed: index * 7 + 1,
    });
    this.indexByKey.set(key, index);
    return index;
  }
}

function round(value: number): number {
  return Math.round(Math.min(Math.max(value, 0.005), 1) * 400) / 400;
}
