import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clip, Frame } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { FrameRunner } from '../pipeline/frameRunner.ts';
import { packResult, unpackResult } from './keptResult.ts';
import { type CatchUp, createPredictions } from './predictions.ts';

const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

function createClip(frameCount: number): Pick<Clip, 'frames' | 'openImage'> {
  const frames = Array.from({ length: frameCount }, (_, index): Frame => {
    return { index, token: `${index}`, timestampMicroseconds: index, worldFromEgo: identity, cameras: [] };
  });
  return { frames, openImage: () => Promise.reject(new Error('no cameras')) };
}

/** Its answer depends on every frame since the reset, in order: labels are the digits of a running hash. */
function createFakeRunner() {
  let memory = 7;
  const runs: number[] = [];
  let fail: Error | null = null;
  const gpuOf = (frameIndex: number) => ({ labels: { label: `${frameIndex}` } as GPUBuffer, flow: null });
  const runner: FrameRunner = {
    backend: 'cpu',
    warmUp: async () => undefined,
    reset: () => {
      memory = 7;
    },
    async run(frame) {
      await Promise.resolve();
      if (fail) throw fail;
      runs.push(frame.index);
      memory = (memory * 31 + frame.index + 1) % 65521;
      const labels = Uint8Array.from([memory & 255, memory >> 8, frame.index]);
      const result = { frameIndex: frame.index, labels, flow: null, timings: [], wallMilliseconds: 1 };
      return { gpu: gpuOf(frame.index), read: async () => result };
    },
    readState: async () => [{ name: 'memory', shape: [1], values: Float32Array.of(memory), grid: null }],
    readTensor: async (name) => ({ name, shape: [1], values: Float32Array.of(memory) }),
    dispose: () => undefined,
  };
  return { runner, runs, failWith: (error: Error | null) => (fail = error) };
}

async function playStraight(frameCount: number): Promise<number[][]> {
  const predictions = createPredictions(createClip(frameCount), createFakeRunner().runner, { hasMemory: true });
  const labels: number[][] = [];
  for (let index = 0; index < frameCount; index += 1) labels.push([...(await predictions.ensure(index)).result.labels]);
  return labels;
}

describe('frames whose images are missing', () => {
  const missing = new OccuscopeError('image-missing');

  test('have no prediction, and the memory begins anew after them, however one gets there', async () => {
    const gaps = fc.uniqueArray(fc.nat(8), { maxLength: 5 });
    const seeks = fc.array(fc.nat(8), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(gaps, seeks, async (missingFrames, frames) => {
        const fake = createFakeRunner();
        const clip = createClip(9);
        const views = clip.frames.map((frame) => ({ ...frame, cameras: [{} as Frame['cameras'][number]] }));
        const image = { width: 1, height: 1, pixels: new Uint8ClampedArray(4) };
        const openImage = (frame: number) =>
          missingFrames.includes(frame) ? Promise.reject(missing) : Promise.resolve(image);
        const predictions = createPredictions({ frames: views, openImage }, fake.runner, { hasMemory: true });
        for (const frame of frames) {
          if (missingFrames.includes(frame)) {
            await expect(predictions.ensure(frame)).rejects.toBe(missing);
            expect(predictions.has(frame)).toBe(false);
            continue;
          }
          const start = Math.max(-1, ...missingFrames.filter((gap) => gap < frame)) + 1;
          let memory = 7;
          for (let index = start; index <= frame; index += 1) memory = (memory * 31 + index + 1) % 65521;
          const { result } = await predictions.ensure(frame);
          expect([...result.labels]).toEqual([memory & 255, memory >> 8, frame]);
        }
      }),
    );
  });
});

describe('order of time', () => {
  test('any order of seeks, cancelled or not, gives what straight play gives', async () => {
    const straight = await playStraight(9);
    const seeks = fc.array(fc.record({ frame: fc.nat(8), wait: fc.boolean() }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(seeks, async (list) => {
        const predictions = createPredictions(createClip(9), createFakeRunner().runner, { hasMemory: true });
        const cancelled: Promise<unknown>[] = [];
        for (const { frame, wait } of list) {
          const prediction = predictions.ensure(frame);
          if (wait) expect([...(await prediction).result.labels]).toEqual(straight[frame]);
          else cancelled.push(prediction.catch((error: Error) => expect(error.name).toBe('AbortError')));
        }
        await Promise.all(cancelled);
        for (const index of predictions.keptFrames)
          expect([...predictions.get(index)!.labels]).toEqual(straight[index]);
      }),
      { numRuns: 150 },
    );
  });

  test('a seek ahead runs every frame once and counts them', async () => {
    const { runner, runs } = createFakeRunner();
    const predictions = createPredictions(createClip(8), runner, { hasMemory: true });
    const progress: CatchUp[] = [];
    await predictions.ensure(2, { onCatchUp: (step) => progress.push(step) });
    await predictions.ensure(5);
    expect(runs).toEqual([0, 1, 2, 3, 4, 5]);
    expect(progress.map(({ done, total }) => `${done}/${total}`)).toEqual(['0/3', '1/3', '2/3', '3/3']);
  });

  test('going back runs nothing', async () => {
    const { runner, runs } = createFakeRunner();
    const predictions = createPredictions(createClip(8), runner, { hasMemory: true });
    await predictions.ensure(6);
    const before = runs.length;
    for (const index of [3, 0, 5, 6]) await predictions.ensure(index);
    expect(runs.length).toBe(before);
  });

  test('a newer seek ends the one in work after its frame', async () => {
    const { runner, runs } = createFakeRunner();
    const predictions = createPredictions(createClip(8), runner, { hasMemory: true });
    const first = predictions.ensure(7);
    const second = predictions.ensure(1);
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await second;
    expect(runs).toEqual([0, 1]);
  });

  test('the caller may cancel, and what has run is kept', async () => {
    const { runner, runs } = createFakeRunner();
    const predictions = createPredictions(createClip(8), runner, { hasMemory: true });
    const abort = new AbortController();
    const onCatchUp = ({ done }: CatchUp) => done === 3 && abort.abort();
    await expect(predictions.ensure(7, { signal: abort.signal, onCatchUp })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(predictions.keptFrames.length).toBeLessThan(6);
    await predictions.ensure(7);
    expect(runs).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('a model without memory runs the wanted frame alone', async () => {
    const { runner, runs } = createFakeRunner();
    const predictions = createPredictions(createClip(8), runner, { hasMemory: false });
    await predictions.ensure(6);
    await predictions.ensure(2);
    expect(runs).toEqual([6, 2]);
  });

  test('buffers on the GPU are given only while they hold the frame', async () => {
    const predictions = createPredictions(createClip(8), createFakeRunner().runner, { hasMemory: true });
    expect((await predictions.ensure(3)).gpu?.labels.label).toBe('3');
    expect((await predictions.ensure(1)).gpu).toBeNull();
    expect((await predictions.ensure(3)).gpu?.labels.label).toBe('3');
  });
});

describe('a lost device', () => {
  test('kept results stay, the memory is built anew on the next runner', async () => {
    const straight = await playStraight(8);
    const first = createFakeRunner();
    const predictions = createPredictions(createClip(8), first.runner, { hasMemory: true });
    await predictions.ensure(3);
    first.failWith(new OccuscopeError('gpu-device-lost'));
    await expect(predictions.ensure(5)).rejects.toMatchObject({ code: 'gpu-device-lost' });
    const second = createFakeRunner();
    predictions.replaceRunner(second.runner);
    expect(predictions.keptFrames).toEqual([0, 1, 2, 3]);
    await predictions.ensure(2);
    expect(second.runs).toEqual([]);
    expect([...(await predictions.ensure(5)).result.labels]).toEqual(straight[5]);
    expect(second.runs).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('after a failed frame the memory starts over instead of going on from an unknown place', async () => {
    const straight = await playStraight(8);
    const { runner, runs, failWith } = createFakeRunner();
    const predictions = createPredictions(createClip(8), runner, { hasMemory: true });
    await predictions.ensure(2);
    failWith(new Error('once'));
    await expect(predictions.ensure(4)).rejects.toThrow('once');
    failWith(null);
    expect([...(await predictions.ensure(4)).result.labels]).toEqual(straight[4]);
    expect(runs).toEqual([0, 1, 2, 0, 1, 2, 3, 4]);
  });
});

test('a frame outside the clip is refused', async () => {
  const predictions = createPredictions(createClip(2), createFakeRunner().runner, { hasMemory: true });
  await expect(predictions.ensure(2)).rejects.toThrow(RangeError);
});

test('packing keeps every bit of labels and flow', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(bytes, fc.array(fc.float({ noNaN: true }), { minLength: 600, maxLength: 600 }), (labels, values) => {
      const flow = Float32Array.from(values.slice(0, labels.length * 2), (value, i) => (i % 6 < 3 ? 0 : value + 0));
      const result = { frameIndex: 4, labels, flow, timings: [], wallMilliseconds: 2 };
      const back = unpackResult(packResult(result));
      expect(back.labels).toEqual(labels);
      expect(back.flow!.every((value, i) => value === flow[i])).toBe(true);
    }),
  );
});
