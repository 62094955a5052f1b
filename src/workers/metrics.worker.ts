import type { MetricsReply, MetricsRequest } from '../session/metricsProtocol.ts';
import { createSceneMeter, type SceneMeter } from '../session/sceneMeter.ts';

// Entry of the worker that counts for the metrics; src/session/measurer.ts is its other end.

let meter: SceneMeter | null = null;

function reply(message: MetricsReply, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

self.onmessage = ({ data: request }: MessageEvent<MetricsRequest>) => {
  if (request.kind === 'open') {
    meter = createSceneMeter(request.scene);
    return;
  }
  try {
    if (!meter) throw new Error('a frame was sent before its scene');
    const result = meter.measure(request.frame);
    reply({ kind: 'measured', result }, result.flicker ? [result.flicker.buffer] : []);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply({ kind: 'failed', frameIndex: request.frame.frameIndex, message });
  }
};
