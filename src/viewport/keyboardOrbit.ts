import { Spherical, Vector3 } from 'three/webgpu';

/** Radians, and zoom factor exponent, per second of a held key. Arrow keys belong to the timeline. */
const TURN_SPEED = 1.4;
const ZOOM_SPEED = 1.1;

/** How near and how far an orbit may go, metres. */
export const MINIMUM_DISTANCE = 2;
export const MAXIMUM_DISTANCE = 400;

const KEYS: Readonly<Record<string, readonly [azimuth: number, polar: number, zoom: number]>> = {
  KeyA: [-1, 0, 0],
  KeyD: [1, 0, 0],
  KeyW: [0, -1, 0],
  KeyS: [0, 1, 0],
  KeyQ: [0, 0, 1],
  KeyE: [0, 0, -1],
};

/**
 * Orbit with W A S D and zoom with Q E (by position on the keyboard) while `element` has the focus.
 * `turn` moves `position` around `target` (z up) for the keys that are down; true when something moved.
 */
export function createKeyboardOrbit(element: HTMLElement, invalidate: () => void) {
  const held = new Set<string>();
  /** Pressed since the last turn: a tap between two slow pictures still moves once. */
  const tapped = new Set<string>();
  const offset = new Vector3();
  const spherical = new Spherical();

  function press(event: KeyboardEvent): void {
    if (!(event.code in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    held.add(event.code);
    tapped.add(event.code);
    event.preventDefault();
    event.stopPropagation();
    invalidate();
  }
  const release = (event: KeyboardEvent) => void held.delete(event.code);
  const releaseAll = () => {
    held.clear();
    tapped.clear();
  };
  element.addEventListener('keydown', press);
  element.addEventListener('keyup', release);
  element.addEventListener('blur', releaseAll);

  return {
    turn(position: Vector3, target: Vector3, seconds: number): boolean {
      for (const code of held) tapped.add(code);
      if (tapped.size === 0) return false;
      offset.subVectors(position, target);
      // three's spherical coordinates have y up: rotate z up into it and back.
      spherical.setFromCartesianCoords(offset.y, offset.z, offset.x);
      for (const code of tapped) {
        const [azimuth, polar, zoom] = KEYS[code]!;
        spherical.theta += azimuth * TURN_SPEED * seconds;
        spherical.phi += polar * TURN_SPEED * seconds;
        spherical.radius *= Math.exp(zoom * ZOOM_SPEED * seconds);
      }
      tapped.clear();
      spherical.phi = Math.min(Math.max(spherical.phi, 0.005), Math.PI * 0.97);
      spherical.radius = Math.min(Math.max(spherical.radius, MINIMUM_DISTANCE), MAXIMUM_DISTANCE);
      offset.setFromSpherical(spherical);
      position.set(target.x + offset.z, target.y + offset.x, target.z + offset.y);
      return true;
    },
    dispose() {
      element.removeEventListener('keydown', press);
      element.removeEventListener('keyup', release);
      element.removeEventListener('blur', releaseAll);
    },
  };
}
