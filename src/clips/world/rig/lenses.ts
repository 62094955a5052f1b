import type { Vector3 } from '../../../domain/geometry.ts';
import type { Random } from '../geometry/random.ts';
import type { Lens, Smudge } from '../model.ts';

/** Share of dry drives on which some lens is dirty, and of wet ones on which drops hang. */
const DIRTY_SHARE = 0.15;
const DROPS_SHARE = 0.6;

/** The lenses of a drive: every camera exposes and balances a little differently, some are dirty. */
export function drawLenses(random: Random, count: number, wetness: number): Lens[] {
  const drops = wetness > 0.4 && random.chance(DROPS_SHARE);
  const dirty = random.chance(DIRTY_SHARE);
  const worst = random.integer(0, count - 1);
  return Array.from({ length: count }, (_, slot) => {
    const warm = random.gaussian() * 0.02;
    const dirt: Smudge[] = [];
    const affected = slot === worst || random.chance(0.3);
    if (dirty && affected) addSmudges(random, dirt);
    else if (drops && affected) addDrops(random, dirt);
    const tint: Vector3 = dirty ? [0.86, 0.76, 0.62] : [1, 1, 1];
    return {
      exposure: Math.exp(random.gaussian() * 0.13),
      balance: [1 + warm, 1 + random.gaussian() * 0.008, 1 - warm],
      dirt,
      tint,
    };
  });
}

/** Dust, dried splashes and wiped films. */
function addSmudges(random: Random, dirt: Smudge[]): void {
  const near = (spread: number) => random.gaussian() * spread;
  for (let films = random.integer(1, 3); films > 0; films--) {
    const [x, y] = [random.next(), random.range(0.3, 1)];
    dirt.push({
      x,
      y,
      radius: random.range(0.08, 0.28),
      stretch: random.range(0.5, 1.4),
      opacity: random.range(0.25, 0.7),
    });
    for (let specks = random.integer(6, 26); specks > 0; specks--)
      dirt.push({
        x: x + near(0.14),
        y: y + near(0.16),
        radius: random.range(0.004, 0.026),
        stretch: random.range(0.6, 1.6),
        opacity: random.range(0.4, 0.92),
      });
  }
}

/** Water that blurs what lies behind it. */
function addDrops(random: Random, dirt: Smudge[]): void {
  for (let drops = random.integer(10, 40); drops > 0; drops--)
    dirt.push({
      x: random.next(),
      y: random.next(),
      radius: random.range(0.005, 0.022),
      stretch: random.range(0.9, 1.5),
      opacity: random.range(0.6, 0.95),
    });
}
