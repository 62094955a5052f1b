import { describe, expect, it } from 'vitest';
import { createDrive } from '../drive.ts';

describe('rare things', () => {
  const drives = [21, 22, 23, 24].map((seed) => createDrive({ seed, keyFrames: 20 }));
  const actors = drives.map((drive) => drive.instantAt(4).actors);
  const drivesWith = (category: string) =>
    actors.filter((list) => list.some((actor) => actor.category === category)).length;

  it('appear in most drives', () => {
    for (const category of ['movable_object.barrier', 'vehicle.construction', 'vehicle.trailer', 'vehicle.bus.rigid'])
      expect(drivesWith(category), category).toBeGreaterThanOrEqual(2);
  });

  it('draw their trailers behind them at their own speed', () => {
    const pairs = actors.flatMap((list) =>
      list.flatMap((towed) => {
        const drawing = list.find((actor) => actor.instance === towed.instance - 1000);
        return towed.instance >= 1000 && towed.instance < 2000 && drawing ? [{ drawing, towed }] : [];
      }),
    );
    expect(pairs.length).toBeGreaterThan(0);
    for (const { drawing, towed } of pairs) {
      expect(towed.category).toBe('vehicle.trailer');
      const [a, b] = [drawing.worldFromMesh, towed.worldFromMesh];
      const gap = Math.hypot(a[3]! - b[3]!, a[7]! - b[7]!) - (drawing.boxSize[0] + towed.boxSize[0]) / 2;
      // On a bend the straight distance is shorter than the way.
      expect(gap).toBeLessThan(0.51);
      expect(gap).toBeGreaterThan(-1.5);
      expect(Math.hypot(...towed.velocity)).toBeCloseTo(Math.hypot(...drawing.velocity), 6);
    }
  });

  it('keep parked vehicles out of closed strips', () => {
    for (const list of actors) {
      const still = list.filter(({ instance }) => instance >= 5000);
      const rows = still.filter(({ category }) => category === 'movable_object.barrier');
      const cars = still.filter(({ category }) => category === 'vehicle.car');
      const clashes = rows.filter((row) =>
        cars.some((car) => {
          const m = car.worldFromMesh;
          const [dx, dy] = [row.worldFromMesh[3]! - m[3]!, row.worldFromMesh[7]! - m[7]!];
          const along = Math.abs(m[0]! * dx + m[4]! * dy);
          const across = Math.abs(m[1]! * dx + m[5]! * dy);
          return along < car.boxSize[0] / 2 && across < car.boxSize[1] / 2;
        }),
      );
      expect(clashes).toEqual([]);
    }
  });
});
