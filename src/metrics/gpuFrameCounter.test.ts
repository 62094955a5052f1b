import { expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { createGpuFrameCounter } from './gpuFrameCounter.ts';
import { measureFrame } from './measureFrame.ts';

// Plan: whole frames of a small grid with thin, thick and crowded volumes, origins on voxel corners (where every ray meets ties)
// and anywhere else, with and without the data's own mask: what the GPU counts and the CPU settles equals what the CPU counts.

const { free } = OCC3D_CLASSES;
const grid = { lower: [-12, -12, -1], voxel: [0.4, 0.4, 0.4], size: [60, 60, 16] } as const;
const voxels = 60 * 60 * 16;

function makeVolume(salt: number, oneIn: number): Uint8Array {
  let state = salt;
  return Uint8Array.from({ length: voxels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % oneIn === 0 ? (state >>> 8) % 17 : free;
  });
}

describeGpu('a frame counted on the GPU', (getContext) => {
  test.each([
    // On corners every ray begins with a tie.
    { oneIn: 400, origins: [0, 0, 1.8, 0.4, -0.8, 1.4], twice: 1 },
    { oneIn: 60, origins: [0.943713, 0, 1.84023, -3.1, 2.2, 1.1, 5.3, -4.4, 2.9], twice: 0.05 },
    { oneIn: 3, origins: [0.1, 0.2, 3], twice: 0.05 },
  ])('has the integers of the CPU, one voxel in $oneIn occupied', async ({ oneIn, origins, twice }) => {
    const { device } = getContext();
    const truth = makeVolume(7, oneIn);
    // Half of it right, so that every threshold has hits.
    const prediction = makeVolume(9, oneIn).map((label, voxel) => (voxel % 2 === 0 ? truth[voxel]! : label));
    const flow = (salt: number) => Float32Array.from({ length: 2 * voxels }, (_, index) => Math.sin(index * salt));
    const given = makeVolume(3, 2).map((label) => (label === free ? 0 : 1));
    const rayOrigins = Float32Array.from(origins);
    const counter = createGpuFrameCounter(device, OCC3D_CLASSES, grid);
    for (const cameraMask of [given, null]) {
      const gpu = await withoutGpuErrors(device, () =>
        counter.count({ truth, prediction, mask: cameraMask }, rayOrigins),
      );
      expect(gpu.confusion === null).toBe(cameraMask === null);
      const frame = {
        labels: prediction,
        flow: flow(0.1),
        truth: { labels: truth, cameraMask, flow: flow(0.2) },
        computedMask: cameraMask ? null : given,
        rayOrigins,
        variability: null,
      };
      const share = gpu.hits.reduce((sum, { uncertain }) => sum + uncertain.reduce((a, b) => a + b, 0), 0);
      expect(share, 'rays that are cast twice').toBeLessThan(twice * 14_040 * gpu.hits.length);
      expect(measureFrame({ ...frame, gpu }, OCC3D_CLASSES, grid)).toEqual(measureFrame(frame, OCC3D_CLASSES, grid));
    }
    counter.destroy();
  });
});
