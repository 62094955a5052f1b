import fastCheck from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellTile, cloudTile, crackTile, grainTile, sampleNoise } from './noise.ts';
import { fadeDetail, filterLines, softStep } from './surfaceSample.ts';

describe('filterLines', () => {
  it('is 1 on a line, 0 between lines and the mean share from far away', () => {
    expect(filterLines(0.05, 1, 0.1, 1e-4)).toBeCloseTo(1, 6);
    expect(filterLines(7.5, 1, 0.1, 1e-4)).toBeCloseTo(0, 6);
    expect(filterLines(3.3, 1, 0.1, 50)).toBeCloseTo(0.1, 6);
  });

  it('is the box average of the unfiltered lines', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.double({ min: -20, max: 20, noNaN: true }),
        fastCheck.double({ min: 0.05, max: 4, noNaN: true }),
        (position, footprint) => {
          let sum = 0;
          const steps = 4000;
          for (let i = 0; i < steps; i++) {
            const at = position + ((i + 0.5) / steps - 0.5) * footprint;
            if (at - Math.floor(at) < 0.3) sum++;
          }
          expect(filterLines(position, 1, 0.3, footprint)).toBeCloseTo(sum / steps, 2);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('softStep and fadeDetail', () => {
  it('rise from 0 to 1 around the edge', () => {
    expect([softStep(2, 1, 1.5), softStep(2, 1, 2), softStep(2, 1, 2.5)]).toEqual([0, 0.5, 1]);
    expect(fadeDetail(1, 0.1)).toBe(1);
    expect(fadeDetail(1, 10)).toBe(0);
  });
});

describe('sampleNoise', () => {
  it.each([
    ['grain', grainTile],
    ['cloud', cloudTile],
    ['cell', cellTile],
    ['crack', crackTile],
  ] as const)('%s repeats, averages to nothing and fades with the footprint', (_, tile) => {
    const measure = (footprint: number) => {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < 4096; i++) {
        const value = sampleNoise(tile, (i % 64) * 4.13, (i >> 6) * 4.31, footprint);
        sum += value;
        squares += value * value;
      }
      return { mean: sum / 4096, spread: Math.sqrt(squares / 4096) };
    };
    expect(Math.abs(measure(1).mean)).toBeLessThan(0.05);
    expect(measure(1).spread).toBeGreaterThan(0.15);
    expect(measure(200).spread).toBeLessThan(0.05);
    expect(sampleNoise(tile, 1e9, 3, 5000)).toBe(0);
    expect(sampleNoise(tile, -3.7, 9.2, 1)).toBeCloseTo(sampleNoise(tile, 252.3, 265.2, 1), 1);
  });
});
