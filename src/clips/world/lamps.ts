import type { Matrix4, Vector3 } from '../../domain/geometry.ts';
import type { ActorState, Lamp } from './model.ts';

/** Things further than this from the ego light nothing that its cameras see, metres. */
const LAMP_REACH = 95;
const PARKED_FROM = 5000;
/** Where the ego's own head lamps sit in its frame: nothing else of the ego is in the world. */
const EGO_LAMPS: readonly Vector3[] = [
  [3.7, 0.65, 0.7],
  [3.7, -0.65, 0.7],
];
/** Beams: down a little, light at one metre. */
const HEAD: Vector3 = [26, 25, 22];
const TAIL: Vector3 = [0.9, 0.03, 0.02];

/** A street lamp's head, and the colour of what it sheds. */
export function createStreetLamp(position: Vector3, colour: Vector3): Lamp {
  return { position, direction: [0, 0, -1], colour, reach: 26, inner: 0.85, outer: 0.05, size: 0.45 };
}

/** Every lamp that burns near the ego at night: street lamps, head and tail lamps of whatever is under way, the ego's beams. */
export function collectLamps(street: readonly Lamp[], actors: readonly ActorState[], worldFromEgo: Matrix4): Lamp[] {
  const [x, y] = [worldFromEgo[3]!, worldFromEgo[7]!];
  const lamps = street.filter(({ position }) => Math.hypot(position[0] - x, position[1] - y) < LAMP_REACH);
  for (const actor of actors) {
    if (actor.instance >= PARKED_FROM || !actor.category.startsWith('vehicle.')) continue;
    const m = actor.worldFromMesh;
    if (Math.hypot(m[3]! - x, m[7]! - y) < LAMP_REACH) lightVehicle(lamps, actor);
  }
  for (const place of EGO_LAMPS) lamps.push(createBeam(worldFromEgo, place, 1, HEAD, 45));
  return lamps;
}

function lightVehicle(lamps: Lamp[], { category, boxSize, worldFromMesh }: ActorState): void {
  const [length, width, height] = boxSize;
  const narrow = category === 'vehicle.bicycle' || category === 'vehicle.motorcycle';
  const sides = narrow ? [0] : [-0.36 * width, 0.36 * width];
  const z = narrow ? 0.85 : Math.min(height * 0.45, 0.85);
  const strength = category === 'vehicle.bicycle' ? 0.12 : narrow ? 0.7 : 1;
  const scaled: Vector3 = [HEAD[0] * strength, HEAD[1] * strength, HEAD[2] * strength];
  for (const y of sides) {
    // A trailer has no lamps in front.
    if (category !== 'vehicle.trailer') lamps.push(createBeam(worldFromMesh, [length / 2, y, z], 1, scaled, 40));
    lamps.push(createBeam(worldFromMesh, [-length / 2, y, z], -1, TAIL, 6));
  }
}

function createBeam(worldFromMesh: Matrix4, place: Vector3, sign: 1 | -1, colour: Vector3, reach: number): Lamp {
  const m = worldFromMesh;
  const at = (row: number) => m[row * 4]! * place[0] + m[row * 4 + 1]! * place[1] + m[row * 4 + 2]! * place[2];
  const dip = 0.045;
  const along = (row: number) => sign * m[row * 4]! - dip * m[row * 4 + 2]!;
  const size = Math.hypot(1, dip);
  return {
    position: [at(0) + m[3]!, at(1) + m[7]!, at(2) + m[11]!],
    direction: [along(0) / size, along(1) / size, along(2) / size],
    colour,
    reach,
    inner: sign > 0 ? 0.985 : 0.7,
    outer: sign > 0 ? 0.78 : 0,
    size: 0.42,
  };
}
