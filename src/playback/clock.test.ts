import { describe, expect, test } from 'vitest';
import { createClock } from './clock.ts';

/** A clock over hand-made time, at 100 ms to a frame, with `frameCount` frames and no loop. */
function setUp(frameCount = 10) {
  let pending: ((now: number) => void) | null = null;
  let now = 0;
  const state = { frame: 0, isShown: true };
  const clock = createClock({
    requestTick: (tick) => {
      pending = tick;
      return () => {
        pending = null;
      };
    },
    isShown: () => state.isShown,
    getInterval: () => 100,
    advance: () => {
      if (state.frame === frameCount - 1) return false;
      state.frame += 1;
      return true;
    },
  });
  const runFor = (milliseconds: number, step = 10) => {
    for (let passed = 0; passed < milliseconds; passed += step) {
      now += step;
      const tick = pending;
      pending = null;
      tick?.(now);
    }
  };
  return { clock, state, runFor, isTicking: () => pending !== null };
}

describe('the playback clock', () => {
  test('advances once for each interval', () => {
    const { clock, state, runFor } = setUp();
    clock.start();
    runFor(10);
    runFor(300);
    expect(state.frame).toBe(3);
  });

  test('waits for a frame that is not shown, and does not catch up afterwards', () => {
    const { clock, state, runFor } = setUp();
    clock.start();
    state.isShown = false;
    runFor(1000);
    expect(state.frame).toBe(0);
    state.isShown = true;
    runFor(10);
    expect(state.frame).toBe(1);
    runFor(50);
    expect(state.frame).toBe(1);
  });

  test('stops at the end, and when told', () => {
    const { clock, state, runFor, isTicking } = setUp(3);
    clock.start();
    runFor(1000);
    expect(state.frame).toBe(2);
    expect(isTicking()).toBe(false);
    clock.start();
    expect(isTicking()).toBe(true);
    clock.stop();
    expect(isTicking()).toBe(false);
  });

  test('starting twice does not double the speed', () => {
    const { clock, state, runFor } = setUp();
    clock.start();
    clock.start();
    runFor(210);
    expect(state.frame).toBe(2);
    clock.stop();
    runFor(500);
    expect(state.frame).toBe(2);
  });
});
