import type { Matrix3, Matrix4, Vector3 } from '../../domain/geometry.ts';
import { invertRigid, multiplyMatrix4 } from '../../geometry/rigid.ts';
import type { ActorShape } from './actors/model.ts';
import { ParkedPlacer } from './actors/parked.ts';
import { createShapePool, type ShapePool } from './actors/pool.ts';
import { Street } from './actors/street.ts';
import { readVehicle, Traffic, type Vehicle } from './actors/traffic.ts';
import { createWalkers, type Walker } from './actors/walkers.ts';
import { ChunkedStatics } from './geometry/chunks.ts';
import { mixSeeds, Random } from './geometry/random.ts';
import { poseOnSlope } from './geometry/transform.ts';
import { collectLamps } from './lamps.ts';
import { GroundField, type PavedLot } from './layout/ground.ts';
import { GroundMesher } from './layout/groundMesh.ts';
import { createNetwork, type RoadNetwork } from './layout/network.ts';
import { RoadPainter } from './layout/paint.ts';
import { populate } from './layout/populate.ts';
import { type PlaceStyle, pickStyle } from './layout/style.ts';
import { MaterialTable } from './materials.ts';
import type { ActorState, Lens, Weather, WorldInstant } from './model.ts';
import { drawLenses } from './rig/lenses.ts';
import { jitterRig, pickRig, readRig, type SensorRig } from './rig/rigs.ts';
import { pickWeather } from './weather.ts';

/** What to generate: `rig` names one of the three nuScenes calibrations; `jitter` moves the cameras a little. */
export interface DriveOptions {
  readonly seed: number;
  readonly keyFrames: number;
  readonly rig?: number;
  readonly jitter?: boolean;
}

/** One camera of a key frame, at its own time. Intrinsics are those of a 1600x900 image. */
export interface DriveCamera {
  readonly name: string;
  readonly timeSeconds: number;
  readonly timestampMicroseconds: number;
  readonly intrinsics: Matrix3;
  readonly egoFromSensor: Matrix4;
  /** How this camera renders: exposure, colour, dirt. */
  readonly lens: Lens;
  /** Ego pose at the camera's own time. */
  readonly worldFromEgo: Matrix4;
  readonly worldFromCamera: Matrix4;
  /** Ego of the key frame from camera: contains the ego motion between both times. */
  readonly egoFromCamera: Matrix4;
}

export interface DriveKeyFrame {
  readonly index: number;
  readonly timeSeconds: number;
  readonly timestampMicroseconds: number;
  readonly worldFromEgo: Matrix4;
  readonly cameras: readonly DriveCamera[];
}

/** A generated drive; `instantAt` gives the world at any time (seconds since the drive's start). */
export interface Drive {
  readonly seed: number;
  readonly style: PlaceStyle;
  readonly weather: Weather;
  readonly rig: SensorRig;
  readonly keyFrames: readonly DriveKeyFrame[];
  readonly network: RoadNetwork;
  instantAt(timeSeconds: number): WorldInstant;
  worldFromEgoAt(timeSeconds: number): Matrix4;
}

/** Seconds before the key frame at which each camera of the rig order fires, as in nuScenes recordings. */
const CAMERA_DELAYS = [0.0428, 0.0352, 0.0271, 0.0002, 0.01, 0.0195];
const FIRST_KEY_FRAME = 0.5;
const KEY_FRAME_INTERVAL = 0.5;
const MAXIMUM_SPEED = 12;
const USUAL_SPEED = 5;
/** Mean speed under which the traffic of a drive is drawn again, m/s. */
const SLOWEST_DRIVE = 1.5;
/** Instance numbers: vehicles from 0, what they tow, walkers from 2000, parked things from 5000. */
const TOWED_FROM = 1000;

/** Generates a street drive: roads, buildings, plants, traffic, people, light. The same options always give the same drive. */
export function createDrive(options: DriveOptions): Drive {
  const random = new Random(options.seed);
  const seconds = FIRST_KEY_FRAME + options.keyFrames * KEY_FRAME_INTERVAL + 0.5;
  const style = pickStyle(random.fork(1));
  const network = createNetwork(random.fork(2), style, Math.min(seconds * MAXIMUM_SPEED, 260));
  const lots = createLots(random.fork(3), style, network);
  const field = new GroundField(random.fork(4), style, network, lots);
  const materials = new MaterialTable();
  const statics = new ChunkedStatics();
  new GroundMesher(random.fork(5), field, statics, materials, network).build();
  new RoadPainter(random.fork(6), field, statics, materials, network).build();
  const site = populate(random.fork(7), field, statics, materials, network);
  const pool = createShapePool(random.fork(8), materials);
  const { walkers, traffic } = createFlow(random, network, field, pool, seconds);
  const street = new Street(network, field, site.map, pool);
  new ParkedPlacer(random.fork(11), street).build(lots, Math.min(seconds * USUAL_SPEED, 160));
  const weather = pickWeather(random.fork(12));
  const rigRandom = random.fork(13);
  const plainRig = readRig(options.rig ?? pickRig(rigRandom));
  const rig = options.jitter ? jitterRig(plainRig, rigRandom) : plainRig;

  const ego = traffic.vehicles[0]!;
  const lean = drawLean(random.fork(14));
  const poseAt = (x: number, y: number, yaw: number, z: number) => poseOnSlope(x, y, z, yaw, ...field.roadSlope(x, y));
  const worldFromEgoAt = (time: number): Matrix4 => {
    const place = ego.path.curve.at(readVehicle(ego, time).along);
    const [slopeX, slopeY] = field.roadSlope(place.x, place.y);
    const [leanX, leanY] = lean(time, place.heading);
    const height = field.roadHeight(place.x, place.y);
    return poseOnSlope(place.x, place.y, height, place.heading, slopeX + leanX, slopeY + leanY);
  };
  const still: ActorState[] = street.actors.map((actor, index) =>
    describeActor(
      5000 + index,
      actor.shape,
      0,
      poseAt(actor.x, actor.y, actor.yaw, field.heightAt(actor.x, actor.y)),
      [0, 0, 0],
    ),
  );
  const lenses = drawLenses(random.fork(15), rig.cameras.length, weather.wetness);
  const chunks = statics.build();

  const instantAt = (time: number): WorldInstant => {
    const centre = worldFromEgoAt(time);
    const actors: ActorState[] = [];
    const addNear = (actor: ActorState) => {
      const pose = actor.worldFromMesh;
      if (Math.hypot(pose[3]! - centre[3]!, pose[7]! - centre[7]!) < 110) actors.push(actor);
    };
    for (const [index, vehicle] of traffic.vehicles.entries()) {
      if (index > 0) {
        for (const state of describeVehicle(index, vehicle, time, poseAt, field)) addNear(state);
      }
    }
    for (const [index, walker] of walkers.entries()) {
      const { x, y, heading, speed, walked } = walker.at(time);
      const velocity: Vector3 = [speed * Math.cos(heading), speed * Math.sin(heading), 0];
      const upright = poseOnSlope(x, y, field.heightAt(x, y), heading, 0, 0);
      addNear(describeActor(2000 + index, walker.shape, walked / 0.36, upright, velocity));
    }
    for (const actor of still) addNear(actor);
    const lamps = weather.night > 0 ? collectLamps(site.lamps, actors, centre) : [];
    return { materials: materials.list, statics: chunks, actors, lamps, weather, seed: options.seed };
  };

  const keyFrames = Array.from({ length: options.keyFrames }, (_, index) =>
    describeKeyFrame(index, options.seed, rig, lenses, worldFromEgoAt),
  );
  return { seed: options.seed, style, weather, rig, keyFrames, network, instantAt, worldFromEgoAt };
}

function describeVehicle(
  index: number,
  vehicle: Vehicle,
  time: number,
  poseAt: (x: number, y: number, yaw: number, z: number) => Matrix4,
  field: GroundField,
): ActorState[] {
  const { along, speed } = readVehicle(vehicle, time);
  const { shape, towed, path } = vehicle;
  if (along > path.curve.length - 4 || !shape) return [];
  const describeAt = (instance: number, which: ActorShape, at: number) => {
    const place = path.curve.at(at);
    const velocity: Vector3 = [speed * Math.cos(place.heading), speed * Math.sin(place.heading), 0];
    const pose = poseAt(place.x, place.y, place.heading, field.roadHeight(place.x, place.y));
    return describeActor(instance, which, at / 1.6, pose, velocity);
  };
  const drawing = describeAt(index, shape, along);
  return towed ? [drawing, describeAt(TOWED_FROM + index, towed.shape, along - towed.behind)] : [drawing];
}

function describeActor(
  instance: number,
  shape: ActorShape,
  cycle: number,
  worldFromMesh: Matrix4,
  velocity: Vector3,
): ActorState {
  const phase = Math.floor(Math.abs(cycle)) % shape.phases.length;
  return {
    instance,
    category: shape.category,
    mesh: shape.phases[phase]!,
    worldFromMesh,
    velocity,
    boxSize: shape.boxSize,
    boxCentre: [0, 0, shape.boxSize[2] / 2],
  };
}

function describeKeyFrame(
  index: number,
  seed: number,
  rig: SensorRig,
  lenses: readonly Lens[],
  worldFromEgoAt: (time: number) => Matrix4,
): DriveKeyFrame {
  const epoch = 1_600_000_000_000_000 + (mixSeeds(seed, 77) % 10_000_000) * 1_000_000;
  const timeSeconds = FIRST_KEY_FRAME + index * KEY_FRAME_INTERVAL;
  const toMicroseconds = (time: number) => epoch + Math.round(time * 1e6);
  const worldFromEgo = worldFromEgoAt(timeSeconds);
  const keyFromWorld = invertRigid(worldFromEgo);
  const cameras = rig.cameras.map((camera, slot): DriveCamera => {
    const cameraTime = timeSeconds - CAMERA_DELAYS[slot]!;
    const pose = worldFromEgoAt(cameraTime);
    const worldFromCamera = multiplyMatrix4(pose, camera.egoFromSensor);
    const [fx, fy, cx, cy] = camera.intrinsics;
    return {
      name: camera.name,
      timeSeconds: cameraTime,
      timestampMicroseconds: toMicroseconds(cameraTime),
      intrinsics: Float64Array.of(fx, 0, cx, 0, fy, cy, 0, 0, 1),
      egoFromSensor: camera.egoFromSensor,
      lens: lenses[slot]!,
      worldFromEgo: pose,
      worldFromCamera,
      egoFromCamera: multiplyMatrix4(keyFromWorld, worldFromCamera),
    };
  });
  return { index, timeSeconds, timestampMicroseconds: toMicroseconds(timeSeconds), worldFromEgo, cameras };
}

/** People and vehicles; drawn again when the ego would stand in a jam for nearly all of the drive. */
function createFlow(
  random: Random,
  network: RoadNetwork,
  field: GroundField,
  pool: ShapePool,
  seconds: number,
): { walkers: Walker[]; traffic: Traffic } {
  for (let attempt = 0; ; attempt++) {
    const walkers = createWalkers(random.fork(9 + 100 * attempt), network, field, pool, seconds);
    const traffic = new Traffic(random.fork(10 + 100 * attempt), network, field, walkers, seconds);
    traffic.run(pool);
    const { along } = traffic.vehicles[0]!;
    const driven = along[along.length - 1]! - along[0]!;
    if (driven > SLOWEST_DRIVE * seconds || attempt === 3) return { walkers, traffic };
  }
}

/**
 * How the ego's frame leans against the road (added slope in world axes): load and calibration all through a drive, springs
 * within it. In recordings the ego frame is never exactly parallel to the road, so far ground lies some decimetres off.
 */
function drawLean(random: Random): (time: number, heading: number) => [number, number] {
  const pitch = random.gaussian() * 0.008;
  const roll = random.gaussian() * 0.005;
  const waves = [0, 1].map(() => ({
    rate: random.range(0.5, 3),
    phase: random.range(0, 6.28),
    pitch: random.range(0, 0.003),
    roll: random.range(0, 0.002),
  }));
  return (time, heading) => {
    let [along, across] = [pitch, roll];
    for (const wave of waves) {
      along += wave.pitch * Math.sin(wave.rate * time + wave.phase);
      across += wave.roll * Math.cos(wave.rate * time + wave.phase);
    }
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
    return [along * cos - across * sin, along * sin + across * cos];
  };
}

/** Car parks and yards beside the road, each with a short drive-way to it. */
function createLots(random: Random, style: PlaceStyle, network: RoadNetwork): PavedLot[] {
  const lots: PavedLot[] = [];
  const count = random.integer(style.kind === 'park' ? 0 : 1, style.kind === 'industrial' ? 4 : 3);
  for (let i = 0; i < count; i++) {
    const road = random.pick(network.roads);
    const along = random.range(30, Math.max(31, road.curve.length - 30));
    const side = random.chance(0.5) ? 1 : -1;
    const halfLength = random.range(8, 26);
    const halfWidth = random.range(7.5, 16);
    const gap = random.range(3, 7);
    const place = road.curve.at(along);
    const beside = (lateral: number, length: number, width: number): PavedLot => ({
      x: place.x - lateral * Math.sin(place.heading),
      y: place.y + lateral * Math.cos(place.heading),
      yaw: place.heading,
      halfLength: length,
      halfWidth: width,
    });
    const centre = side * (road.halfWidth + gap + halfWidth);
    const far = place.x - centre * Math.sin(place.heading);
    const other = network.roads.some(
      (r) =>
        r !== road &&
        r.curve.project(far, place.y + centre * Math.cos(place.heading)).distance < r.halfWidth + halfLength + 4,
    );
    if (other) continue;
    lots.push(beside(centre, halfLength, halfWidth), beside(side * (road.halfWidth + gap / 2), 3, gap / 2 + 2));
  }
  return lots;
}
