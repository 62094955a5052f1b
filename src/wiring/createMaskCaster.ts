import type { MaskCaster, MaskReply, MaskRequest } from '../session/maskProtocol.ts';
import { createWorkerLine, type LineWorker } from './workerLine.ts';

/** Makes camera masks in a worker of its own, which starts when it is first asked. Rejects with `worker-stopped` where that breaks. */
export function createMaskCaster(openWorker: () => LineWorker = openMaskWorker): MaskCaster {
  const line = createWorkerLine<MaskRequest, MaskReply>(openWorker, 'Making a camera mask');
  return async (labels, cameras, grid, free) => (await line.ask((id) => ({ id, labels, cameras, grid, free }))).mask;
}

function openMaskWorker(): LineWorker {
  return new Worker(new URL('../workers/cameraMask.worker.ts', import.meta.url), { type: 'module' });
}
