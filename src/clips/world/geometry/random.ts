import type { Vector3 } from '../../../domain/geometry.ts';

/** Mixes two integers into one well-spread 32-bit seed. */
export function mixSeeds(first: number, second: number): number {
  let hash = Math.imul(first ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(second + 0x7f4a7c15, 0xc2b2ae35);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Seeded random numbers (mulberry32): the same seed gives the same drive on every machine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = mixSeeds(seed | 0, Math.floor(seed / 2 ** 32) | 0);
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  }

  range(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Integer in [low, high], both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.next() * list.length)];
    if (item === undefined) throw new RangeError('pick needs a non-empty list');
    return item;
  }

  /** Picks by weight: `[[weight, item], ...]`. */
  pickWeighted<T>(list: readonly (readonly [number, T])[]): T {
    let total = 0;
    for (const [weight] of list) total += weight;
    let rest = this.next() * total;
    for (const [weight, item] of list) {
      rest -= weight;
      if (rest < 0) return item;
    }
    return list[list.length - 1]![1];
  }

  /** Standard normal by Box and Muller. */
  gaussian(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** A colour near `colour`: every channel scaled by the same and by its own small factor. */
  vary(colour: Vector3, amount: number): Vector3 {
    const common = 1 + amount * this.range(-1, 1);
    const own = () => Math.max(0, common * (1 + 0.4 * amount * this.range(-1, 1)));
    return [colour[0] * own(), colour[1] * own(), colour[2] * own()];
  }

  /** An independent stream: drawing from it does not shift this one. */
  fork(label: number): Random {
    return new Random(mixSeeds(this.state, label));
  }
}

/** Smooth value noise in [-1, 1] with unit lattice pitch. */
export function valueNoise(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const fx = x - column;
  const fy = y - row;
  const sx = fx * fx * (3 - 2 * fx);
  const sy = fy * fy * (3 - 2 * fy);
  const left = mixSeeds(seed, column);
  const right = mixSeeds(seed, column + 1);
  const low = hashToNoise(left, row) * (1 - sx) + hashToNoise(right, row) * sx;
  const high = hashToNoise(left, row + 1) * (1 - sx) + hashToNoise(right, row + 1) * sx;
  return low * (1 - sy) + high * sy;
}

function hashToNoise(seed: number, row: number): number {
  return mixSeeds(seed, row) / 2147483648 - 1;
}
