import { createStorageBuffer, readBuffer, writeBuffer } from '../../src/gpu/buffers.ts';
import { createConfusionCounter } from '../../src/metrics/confusionKernel.ts';
import { createDifferencePass } from '../../src/metrics/differenceKernel.ts';
import type { RayCounts } from '../../src/metrics/model.ts';
import { createRayCaster, type PlacedRays } from '../../src/metrics/rayKernel.ts';
import type { RayHitPair } from '../../src/metrics/rays.ts';
import type { Confusion, ConfusionPlan } from '../../src/reference/confusion.ts';
import type { RayCastPlan } from '../../src/reference/rayCast.ts';

interface Volumes {
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
  readonly mask?: Uint8Array | null;
}

function uploadBytes(device: GPUDevice, label: string, bytes: Uint8Array): GPUBuffer {
  const buffer = createStorageBuffer(device, label, bytes.byteLength);
  writeBuffer(device, buffer, bytes);
  return buffer;
}

/** Upload the volumes, let `record` record passes on them, submit, read with `read`, and free the uploads. */
async function runOnVolumes<T>(
  device: GPUDevice,
  { truth, prediction, mask }: Volumes,
  record: (
    encoder: GPUCommandEncoder,
    volumes: { truth: GPUBuffer; prediction: GPUBuffer; mask: GPUBuffer | null },
  ) => void,
  read: () => Promise<T>,
): Promise<T> {
  const uploads = {
    truth: uploadBytes(device, 'truth', truth),
    prediction: uploadBytes(device, 'prediction', prediction),
    mask: mask ? uploadBytes(device, 'mask', mask) : null,
  };
  const encoder = device.createCommandEncoder();
  record(encoder, uploads);
  device.queue.submit([encoder.finish()]);
  const result = await read();
  for (const buffer of Object.values(uploads)) buffer?.destroy();
  return result;
}

/** The confusion kernel on volumes in memory. */
export async function countConfusionOnGpu(
  device: GPUDevice,
  plan: ConfusionPlan,
  volumes: Volumes,
): Promise<Confusion> {
  const counter = createConfusionCounter(device, plan);
  const result = await runOnVolumes(
    device,
    volumes,
    (encoder, uploads) => counter.encode(encoder, uploads),
    counter.read,
  );
  counter.destroy();
  return result;
}

/** The difference kernel on volumes in memory. */
export async function compareLabelsOnGpu(device: GPUDevice, volumes: Volumes, free: number): Promise<Uint8Array> {
  const voxels = volumes.truth.length;
  const pass = createDifferencePass(device, voxels, free);
  const bytes = await runOnVolumes(
    device,
    volumes,
    (encoder, uploads) => pass.encode(encoder, uploads),
    () => readBuffer(device, pass.difference, voxels),
  );
  pass.destroy();
  return new Uint8Array(bytes);
}

/** The ray kernels on volumes in memory, from origins of three numbers each, or on rays that are placed already. */
export async function castRaysOnGpu(
  device: GPUDevice,
  plan: RayCastPlan,
  classCount: number,
  volumes: Volumes,
  rays: ArrayLike<number> | PlacedRays,
): Promise<{ counts: RayCounts; pairs: RayHitPair[] }> {
  const origins = 'origins' in rays ? rays.origins : rays;
  const caster = createRayCaster(device, plan, classCount, Math.max(1, origins.length / 3));
  const result = await runOnVolumes(
    device,
    volumes,
    (encoder, uploads) =>
      'origins' in rays ? caster.encodePlaced(encoder, uploads, rays) : caster.encode(encoder, uploads, rays),
    async () => ({ counts: await caster.readCounts(), pairs: (await caster.readHits()).map(({ pair }) => pair) }),
  );
  caster.destroy();
  return result;
}
