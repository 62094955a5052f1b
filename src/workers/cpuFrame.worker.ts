import type { CameraImage } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { loadOrt } from '../models/loadOrt.ts';
import type { CpuFrameReply, CpuFrameRequest, Failure } from '../pipeline/cpuFrameProtocol.ts';
import { createReferenceNetwork, type PlainImage, type ReferenceNetwork } from '../reference/runFrame.ts';

// Entry of the worker that runs the network on the CPU; src/pipeline/cpuFrameRunner.ts is its other end.

let network: ReferenceNetwork | null = null;
let canvas: OffscreenCanvas | null = null;

function reply(message: CpuFrameReply, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

/** Requests are answered one after another: a reset must not fall into a frame that is being run. */
let tail: Promise<void> = Promise.resolve();

self.onmessage = ({ data: request }: MessageEvent<CpuFrameRequest>) => {
  tail = tail.then(() => handle(request));
};

async function handle(request: CpuFrameRequest): Promise<void> {
  if (request.kind === 'reset') {
    network?.reset();
    return;
  }
  try {
    await answer(request);
  } catch (error) {
    reply({ kind: 'failed', id: request.id, failure: describeFailure(error) });
  }
}

async function answer(request: Exclude<CpuFrameRequest, { kind: 'reset' }>): Promise<void> {
  if (request.kind === 'open') {
    const runtime = await loadOrt('cpu', { onProgress: (progress) => reply({ kind: 'progress', progress }) });
    network = await createReferenceNetwork(request.model, runtime);
    reply({ kind: 'opened', id: request.id });
    return;
  }
  if (!network) throw new Error('a frame was sent before the model');
  if (request.kind === 'state') {
    const tensors = network.readState();
    const buffers = tensors.map(({ values }) => values.buffer);
    reply({ kind: 'state', id: request.id, tensors }, buffers);
    return;
  }
  if (request.kind === 'tensor') {
    const tensor = network.readTensor(request.name);
    reply({ kind: 'tensor', id: request.id, tensor }, [tensor.values.buffer]);
    return;
  }
  const result = await network.run(request.frame, request.images.map(readPixels));
  const transfer: Transferable[] = [result.labels.buffer];
  if (result.flow) transfer.push(result.flow.buffer);
  reply({ kind: 'result', id: request.id, result }, transfer);
}

/** Bitmaps are opaque and drawn unscaled, so the canvas gives their bytes back exactly. */
function readPixels({ width, height, pixels }: CameraImage): PlainImage {
  if (ArrayBuffer.isView(pixels)) return { width, height, pixels };
  if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const drawing = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!drawing) throw new OccuscopeError('image-decode-failed', { detail: 'This browser gives workers no 2D canvas.' });
  drawing.drawImage(pixels, 0, 0);
  pixels.close();
  return { width, height, pixels: drawing.getImageData(0, 0, width, height).data };
}

function describeFailure(error: unknown): Failure {
  if (error instanceof OccuscopeError) return { code: error.code, detail: error.detail, message: error.message };
  return { code: null, detail: null, message: error instanceof Error ? error.message : String(error) };
}
