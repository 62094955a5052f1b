import castRaysWgsl from '../../shaders/metrics/castRays.wgsl?raw';
import countRaysWgsl from '../../shaders/metrics/countRays.wgsl?raw';
import { createStorageBuffer, readBuffer, writeBuffer } from '../gpu/buffers.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import { placeRays, type RayCastPlan } from '../reference/rayCast.ts';
import type { RayCounts } from './model.ts';
import { type RayHitPair, readRayCounts } from './rays.ts';
import { createSettings } from './settings.ts';

/** Label volumes on the GPU: u8 packed four to a u32, grid order. */
export interface RayCasterVolumes {
  readonly truth: GPUBuffer;
  readonly prediction: GPUBuffer;
}

/** Rays in voxel units: as many ends per origin as the plan has directions. */
export interface PlacedRays {
  readonly origins: Float32Array;
  readonly ends: Float32Array;
}

/** Where the rays of one origin ended, and which of them single precision may have led astray (1). */
export interface CastHits {
  readonly pair: RayHitPair;
  readonly uncertain: Uint8Array<ArrayBuffer>;
}

/** Casts and counts rays on the GPU; `encode` neither submits nor reads back. */
export interface RayCaster {
  /** `origins`: three numbers each, metres, ego frame; at most the number that the caster was made for. */
  encode(encoder: GPUCommandEncoder, volumes: RayCasterVolumes, origins: ArrayLike<number>): void;
  /** The same for rays that are placed already: three numbers per origin, three per ray end, all in voxels. */
  encodePlaced(encoder: GPUCommandEncoder, volumes: RayCasterVolumes, rays: PlacedRays): void;
  /** Counts of the last submitted `encode`. */
  readCounts(): Promise<RayCounts>;
  /** Where its rays ended, one per origin. */
  readHits(): Promise<CastHits[]>;
  destroy(): void;
}

const COUNT_WORKGROUPS = 64;
const COUNTS_PER_CLASS = 5;

/**
 * Create a caster for up to `maximumOrigins` origins. Twins: `castRays` in src/reference/rayCast.ts, `countRayHits`
 * in src/reference/countRayHits.ts. Throws RangeError from `encode` for more origins.
 */
export function createRayCaster(
  device: GPUDevice,
  plan: RayCastPlan,
  classCount: number,
  maximumOrigins = 8,
): RayCaster {
  const raysPerOrigin = plan.directions.length / 3;
  const rays = raysPerOrigin * maximumOrigins;
  const entries = COUNTS_PER_CLASS * classCount;
  const originBuffer = createStorageBuffer(device, 'ray origins', maximumOrigins * 12);
  const ends = createStorageBuffer(device, 'ray ends', rays * 12);
  const hits = createStorageBuffer(device, 'ray hits', rays * 16);
  const counts = createStorageBuffer(device, 'ray counts', entries * 4);
  const castSettings = createSettings(device, 'ray settings', 32);
  const countSettings = createSettings(device, 'ray count settings', 8);
  const caster = createKernel(device, 'cast rays', castRaysWgsl);
  const counter = createKernel(device, 'count rays', countRaysWgsl, { CLASSES: classCount, ENTRIES: entries });
  let origins = 0;
  return {
    encode(encoder, volumes, places) {
      this.encodePlaced(encoder, volumes, placeAllRays(plan, places));
    },
    encodePlaced(encoder, { truth, prediction }, placed) {
      origins = placed.origins.length / 3;
      if (origins > maximumOrigins) throw new RangeError(`${origins} origins, at most ${maximumOrigins} fit.`);
      writeBuffer(device, originBuffer, placed.origins);
      writeBuffer(device, ends, placed.ends);
      const rayCount = origins * raysPerOrigin;
      device.queue.writeBuffer(castSettings, 0, packCastSettings(plan, raysPerOrigin, rayCount));
      device.queue.writeBuffer(countSettings, 0, Uint32Array.of(rayCount, plan.free));
      const bind = (kernel: typeof caster, buffers: GPUBuffer[]) => kernel.bind(buffers.map((buffer) => ({ buffer })));
      encoder.clearBuffer(counts);
      const pass = encoder.beginComputePass({ label: 'rays' });
      caster.encode(
        pass,
        bind(caster, [castSettings, truth, prediction, originBuffer, ends, hits]),
        coverInvocations(rayCount, 64),
      );
      counter.encode(pass, bind(counter, [countSettings, truth, prediction, hits, counts]), [COUNT_WORKGROUPS]);
      pass.end();
    },
    async readCounts() {
      return readRayCounts(new Uint32Array(await readBuffer(device, counts, entries * 4)), classCount, origins);
    },
    async readHits() {
      const bytes = await readBuffer(device, hits, origins * raysPerOrigin * 16);
      return Array.from({ length: origins }, (_, origin) => unpackHits(bytes, origin * raysPerOrigin, raysPerOrigin));
    },
    destroy() {
      for (const buffer of [originBuffer, ends, hits, counts, castSettings, countSettings]) buffer.destroy();
    },
  };
}

/** Place the rays of all origins in double precision, as the twin does. */
function placeAllRays(plan: RayCastPlan, places: ArrayLike<number>): PlacedRays {
  const origins = new Float32Array(places.length);
  const ends = new Float32Array((places.length / 3) * plan.directions.length);
  for (let index = 0; index < places.length / 3; index++) {
    const placed = placeRays(plan, [places[3 * index]!, places[3 * index + 1]!, places[3 * index + 2]!]);
    origins.set(placed.origin, 3 * index);
    ends.set(placed.ends, index * plan.directions.length);
  }
  return { origins, ends };
}

/** The struct Settings of castRays.wgsl. */
function packCastSettings(plan: RayCastPlan, raysPerOrigin: number, rayCount: number): ArrayBuffer {
  const bytes = new ArrayBuffer(32);
  new Uint32Array(bytes).set([...plan.size, plan.free, raysPerOrigin, rayCount]);
  new Float32Array(bytes)[6] = plan.voxel[0];
  return bytes;
}

/** Bit of a record's first word: the ray may have taken borders in the wrong order. */
const UNCERTAIN = 0x40000000;

/** Hits of one origin from the kernel's records of four words; a ray that never was inside counts as uncertain. */
function unpackHits(bytes: ArrayBuffer, first: number, rays: number): CastHits {
  const integers = new Int32Array(bytes, first * 16, rays * 4);
  const floats = new Float32Array(bytes, first * 16, rays * 4);
  const unpack = (word: number) => ({
    voxels: Int32Array.from({ length: rays }, (_, ray) => {
      const record = integers[4 * ray + word]!;
      return record < 0 ? -1 : record & ~UNCERTAIN;
    }),
    metres: Float32Array.from({ length: rays }, (_, ray) => floats[4 * ray + word + 1]!),
  });
  const uncertain = Uint8Array.from({ length: rays }, (_, ray) => {
    const record = integers[4 * ray]!;
    return record < 0 || (record & UNCERTAIN) !== 0 ? 1 : 0;
  });
  return { pair: [unpack(0), unpack(2)], uncertain };
}
