import { Vector3 } from 'three/webgpu';
import { describe, expect, test, vi } from 'vitest';
import { createKeyboardOrbit, MINIMUM_DISTANCE } from './keyboardOrbit.ts';

function press(target: EventTarget, type: 'keydown' | 'keyup', code: string): Event {
  const event = Object.assign(new Event(type, { cancelable: true }), { code });
  target.dispatchEvent(event);
  return event;
}

function makeOrbit() {
  const element = new EventTarget();
  const invalidate = vi.fn();
  const orbit = createKeyboardOrbit(element as HTMLElement, invalidate);
  const position = new Vector3(-20, 0, 10);
  const target = new Vector3(5, 0, 0);
  return { element, invalidate, orbit, position, target };
}

describe('keyboard orbit', () => {
  test('turns around the target at constant distance and height while a key is held', () => {
    const { element, invalidate, orbit, position, target } = makeOrbit();
    expect(press(element, 'keydown', 'KeyD').defaultPrevented).toBe(true);
    expect(invalidate).toHaveBeenCalled();
    for (let frame = 0; frame < 5; frame++) expect(orbit.turn(position, target, 0.02)).toBe(true);
    expect(position.distanceTo(target)).toBeCloseTo(Math.hypot(25, 10));
    expect(position.z).toBeCloseTo(10);
    expect(Math.abs(position.y)).toBeGreaterThan(1);
    press(element, 'keyup', 'KeyD');
    expect(orbit.turn(position, target, 0.02)).toBe(false);
  });

  test('a tap between two pictures moves once', () => {
    const { element, orbit, position, target } = makeOrbit();
    press(element, 'keydown', 'KeyQ');
    press(element, 'keyup', 'KeyQ');
    expect(orbit.turn(position, target, 0.05)).toBe(true);
    expect(position.distanceTo(target)).toBeGreaterThan(Math.hypot(25, 10));
    expect(orbit.turn(position, target, 0.05)).toBe(false);
  });

  test('stops at the zenith and at the nearest distance, and leaves arrow keys alone', () => {
    const { element, orbit, position, target } = makeOrbit();
    expect(press(element, 'keydown', 'ArrowLeft').defaultPrevented).toBe(false);
    press(element, 'keydown', 'KeyW');
    press(element, 'keydown', 'KeyE');
    for (let frame = 0; frame < 400; frame++) orbit.turn(position, target, 0.05);
    expect(position.distanceTo(target)).toBeCloseTo(MINIMUM_DISTANCE);
    expect(position.z).toBeGreaterThan(1.99);
    expect(Number.isFinite(position.x)).toBe(true);
  });

  test('a lost focus lets all keys go', () => {
    const { element, orbit, position, target } = makeOrbit();
    press(element, 'keydown', 'KeyA');
    element.dispatchEvent(new Event('blur'));
    expect(orbit.turn(position, target, 0.02)).toBe(false);
  });
});
