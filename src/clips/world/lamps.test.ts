import { describe, expect, it } from 'vitest';
import { Random } from './geometry/random.ts';
import { poseOnSlope } from './geometry/transform.ts';
import { collectLamps, createStreetLamp } from './lamps.ts';
import type { ActorState } from './model.ts';
import { drawLenses } from './rig/lenses.ts';
import { pickWeather } from './weather.ts';

const origin = poseOnSlope(0, 0, 0, 0, 0, 0);
const car: ActorState = {
  instance: 3,
  category: 'vehicle.car',
  mesh: {
    positions: new Float32Array(),
    surface: new Float32Array(),
    indices: new Uint32Array(),
    materials: new Uint16Array(),
  },
  worldFromMesh: poseOnSlope(20, 5, 0, Math.PI / 2, 0, 0),
  velocity: [0, 8, 0],
  boxSize: [4, 2, 1.5],
  boxCentre: [0, 0, 0.75],
};

describe('collectLamps', () => {
  it('puts head lamps in front and tail lamps behind whatever is under way', () => {
    const lamps = collectLamps([], [car], origin).filter(
      (lamp) => Math.hypot(lamp.position[0] - 20, lamp.position[1] - 5) < 3,
    );
    expect(lamps).toHaveLength(4);
    const heads = lamps.filter((lamp) => lamp.direction[1] > 0.9);
    expect(heads).toHaveLength(2);
    for (const head of heads) {
      expect(head.position[1]).toBeCloseTo(7, 5);
      expect(head.colour[2]).toBeGreaterThan(1);
    }
    for (const tail of lamps.filter((lamp) => lamp.direction[1] < -0.9))
      expect(tail.colour[0]).toBeGreaterThan(9 * tail.colour[1]);
  });

  it('leaves parked things dark, and lamps too far away', () => {
    const own = collectLamps([], [], origin).length;
    expect(own).toBe(2);
    expect(collectLamps([], [{ ...car, instance: 5001 }], origin)).toHaveLength(own);
    const street = [createStreetLamp([10, 0, 7], [1, 1, 1]), createStreetLamp([300, 0, 7], [1, 1, 1])];
    expect(collectLamps(street, [], origin)).toHaveLength(own + 1);
  });
});

describe('what a drive is given by chance', () => {
  const draws = Array.from({ length: 3000 }, (_, seed) => pickWeather(new Random(seed)));
  const share = (test: (weather: (typeof draws)[number]) => boolean) => draws.filter(test).length / draws.length;

  it('is night for 15 % and a low sun for 10 % of the drives', () => {
    expect(share(({ night }) => night > 0)).toBeCloseTo(0.15, 1);
    expect(Math.abs(share(({ night }) => night > 0) - 0.15)).toBeLessThan(0.025);
    const low = share(
      ({ night, sunDirection, sunColour }) => night === 0 && sunDirection[2] < 0.22 && sunColour[0] > 1,
    );
    expect(Math.abs(low - 0.1)).toBeLessThan(0.025);
  });

  it('is dirt on some lens for 15 % of the dry drives', () => {
    const drives = Array.from({ length: 2000 }, (_, seed) => drawLenses(new Random(seed), 6, 0));
    const dirty = drives.filter((lenses) => lenses.some(({ dirt }) => dirt.length > 0)).length / drives.length;
    expect(Math.abs(dirty - 0.15)).toBeLessThan(0.03);
    expect(drawLenses(new Random(5), 6, 0)).toEqual(drives[5]);
  });
});
