import type { CameraImage } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { DownloadProgress } from '../models/download.ts';
import type { ModelPackage } from '../models/openModel.ts';
import type { CpuFrameReply, CpuFrameRequest, Failure } from './cpuFrameProtocol.ts';
import { checkImages } from './frameGeometry.ts';
import type { FrameRunner } from './frameRunner.ts';

type Answer = Extract<CpuFrameReply, { kind: 'opened' | 'result' | 'state' | 'tensor' }>;

export interface CpuRunnerOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Create the frame runner that works on the CPU, in a worker of its own, with the twins of the GPU stages.
 * The caller passes the worker (`new Worker(new URL('./workers/cpuFrame.worker.ts', …))`), which is ended with the runner.
 */
export async function createCpuFrameRunner(
  worker: Worker,
  model: ModelPackage,
  { onProgress, signal }: CpuRunnerOptions = {},
): Promise<FrameRunner> {
  const channel = createChannel(worker, onProgress);
  const dispose = () => channel.close('The CPU backend was stopped.');
  signal?.addEventListener('abort', dispose, { once: true });
  try {
    await channel.ask((id) => ({ kind: 'open', id, model }));
    signal?.throwIfAborted();
  } catch (error) {
    dispose();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', dispose);
  }
  return {
    backend: 'cpu',
    // Nothing compiles on first use here: opening the parts was the warm-up.
    warmUp: async () => undefined,
    reset: () => channel.tell({ kind: 'reset' }),
    async run(frame, images) {
      checkImages(frame, images);
      const copies = await Promise.all(images.map(copyImage));
      const transfer = copies.map(({ pixels }) => (ArrayBuffer.isView(pixels) ? pixels.buffer : pixels));
      const answer = await channel.ask((id) => ({ kind: 'run', id, frame, images: copies }), transfer);
      if (answer.kind !== 'result') throw new Error(`the CPU worker answered "${answer.kind}" to a frame`);
      return { gpu: null, read: async () => answer.result };
    },
    async readState() {
      const answer = await channel.ask((id) => ({ kind: 'state', id }));
      if (answer.kind !== 'state') throw new Error(`the CPU worker answered "${answer.kind}" to a look at its memory`);
      return answer.tensors;
    },
    async readTensor(name) {
      const answer = await channel.ask((id) => ({ kind: 'tensor', id, name }));
      if (answer.kind !== 'tensor') throw new Error(`the CPU worker answered "${answer.kind}" to a look at a tensor`);
      return answer.tensor;
    },
    dispose,
  };
}

/** The clip keeps its pixels; the worker gets its own to transfer. */
async function copyImage({ width, height, pixels }: CameraImage): Promise<CameraImage> {
  if (ArrayBuffer.isView(pixels)) return { width, height, pixels: pixels.slice() };
  const options = { premultiplyAlpha: 'none', colorSpaceConversion: 'none' } as const;
  return { width, height, pixels: await createImageBitmap(pixels, options) };
}

function createChannel(worker: Worker, onProgress: CpuRunnerOptions['onProgress']) {
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let nextId = 1;
  let closed: Error | null = null;
  const close = (reason: string) => {
    closed ??= new OccuscopeError('model-run-failed', { detail: reason });
    worker.terminate();
    for (const { reject } of waiting.values()) reject(closed);
    waiting.clear();
  };
  worker.onmessage = ({ data: reply }: MessageEvent<CpuFrameReply>) => {
    if (reply.kind === 'progress') {
      onProgress?.(reply.progress);
      return;
    }
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.kind === 'failed') asked?.reject(reviveFailure(reply.failure));
    else asked?.resolve(reply);
  };
  worker.onerror = (event) => close(`The CPU worker stopped: ${event.message ?? 'it could not be loaded'}.`);
  return {
    close,
    tell: (request: CpuFrameRequest) => worker.postMessage(request),
    ask(build: (id: number) => CpuFrameRequest, transfer: Transferable[] = []): Promise<Answer> {
      if (closed) return Promise.reject(closed);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage(build(id), transfer);
      });
    },
  };
}

function reviveFailure({ code, detail, message }: Failure): Error {
  if (code === null) return new OccuscopeError('model-run-failed', { detail: message });
  return new OccuscopeError(code, detail === null ? {} : { detail });
}
