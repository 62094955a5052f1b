import { describe, expect, test } from 'vitest';
import type { Frame } from '../domain/clip.ts';
import type { ModelPackage } from '../models/openModel.ts';
import type { CpuFrameReply, CpuFrameRequest } from './cpuFrameProtocol.ts';
import { createCpuFrameRunner } from './cpuFrameRunner.ts';

type Respond = (request: CpuFrameRequest) => CpuFrameReply[];

/** A worker that answers as told; `crash` is its `error` event. */
function createFakeWorker(respond: Respond) {
  const requests: CpuFrameRequest[] = [];
  const worker = {
    onmessage: null as ((event: { data: CpuFrameReply }) => void) | null,
    onerror: null as ((event: { message: string }) => void) | null,
    isTerminated: false,
    postMessage(request: CpuFrameRequest, transfer: Transferable[] = []) {
      const received = structuredClone(request, { transfer });
      requests.push(received);
      for (const data of respond(received)) queueMicrotask(() => worker.onmessage?.({ data }));
    },
    terminate() {
      worker.isTerminated = true;
    },
    crash: (message: string) => worker.onerror?.({ message }),
  };
  return { worker, requests, asWorker: worker as unknown as Worker };
}

const model = { manifest: {}, files: new Map() } as unknown as ModelPackage;
const frame = { index: 4, cameras: [{ name: 'CAM_FRONT', width: 2, height: 1 }] } as unknown as Frame;
const result = { frameIndex: 4, labels: Uint8Array.of(1), flow: null, timings: [], wallMilliseconds: 5 };

const obey: Respond = (request) => {
  if (request.kind === 'open') {
    const progress = { loadedBytes: 5, totalBytes: 10, file: 'ONNX Runtime' };
    return [
      { kind: 'progress', progress },
      { kind: 'opened', id: request.id },
    ];
  }
  return request.kind === 'run' ? [{ kind: 'result', id: request.id, result }] : [];
};

describe('the CPU frame runner', () => {
  test('opens with progress, runs a frame, leaves the caller its pixels', async () => {
    const { asWorker, requests } = createFakeWorker(obey);
    const loaded: number[] = [];
    const runner = await createCpuFrameRunner(asWorker, model, { onProgress: (step) => loaded.push(step.loadedBytes) });
    const pixels = Uint8ClampedArray.from({ length: 8 }, (_, i) => i);
    const output = await runner.run(frame, [{ width: 2, height: 1, pixels }]);
    expect(output.gpu).toBeNull();
    expect((await output.read()).frameIndex).toBe(4);
    expect(loaded).toEqual([5]);
    expect(pixels).toHaveLength(8);
    runner.reset();
    expect(requests.map(({ kind }) => kind)).toEqual(['open', 'run', 'reset']);
  });

  test('asks the worker for a tensor by its name', async () => {
    const tensor = { name: 'depth', shape: [2], values: Float32Array.of(3, 4) };
    const { asWorker } = createFakeWorker((request) =>
      request.kind === 'tensor' && request.name === 'depth'
        ? [{ kind: 'tensor', id: request.id, tensor }]
        : obey(request),
    );
    expect(await (await createCpuFrameRunner(asWorker, model)).readTensor('depth')).toEqual(tensor);
  });

  test('a failure keeps its code and detail on the way', async () => {
    const failure = { code: 'model-manifest-invalid', detail: 'stages[1]', message: 'no' } as const;
    const { worker, asWorker } = createFakeWorker((request) =>
      request.kind === 'open' ? [{ kind: 'failed', id: request.id, failure }] : [],
    );
    await expect(createCpuFrameRunner(asWorker, model)).rejects.toMatchObject({
      code: failure.code,
      detail: 'stages[1]',
    });
    expect(worker.isTerminated).toBe(true);
  });

  test('an abort while it opens ends the worker', async () => {
    const { worker, asWorker } = createFakeWorker(() => []);
    const abort = new AbortController();
    const opening = createCpuFrameRunner(asWorker, model, { signal: abort.signal });
    abort.abort();
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
    expect(worker.isTerminated).toBe(true);
  });

  test('a crash fails the frame in work and every later one', async () => {
    const { worker, asWorker } = createFakeWorker((request) => (request.kind === 'open' ? obey(request) : []));
    const runner = await createCpuFrameRunner(asWorker, model);
    const running = runner.run(frame, [{ width: 2, height: 1, pixels: new Uint8ClampedArray(8) }]);
    await Promise.resolve();
    worker.crash('out of memory');
    await expect(running).rejects.toMatchObject({
      code: 'model-run-failed',
      detail: expect.stringContaining('out of memory'),
    });
    const pixels = new Uint8ClampedArray(8);
    await expect(runner.run(frame, [{ width: 2, height: 1, pixels }])).rejects.toMatchObject({
      code: 'model-run-failed',
    });
  });
});
