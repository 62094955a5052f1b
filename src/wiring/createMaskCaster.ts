import type { MaskCaster, MaskReply, MaskRequest } from '../session/maskProtocol.ts';

/** Makes camera masks in a worker of its own, which starts when it is first asked. */
export function createMaskCaster(): MaskCaster {
  let worker: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<number, { resolve(mask: Uint8Array): void; reject(error: Error): void }>();
  const open = () => {
    const opened = new Worker(new URL('../workers/cameraMask.worker.ts', import.meta.url), { type: 'module' });
    opened.onmessage = ({ data }: MessageEvent<MaskReply>) => {
      waiting.get(data.id)?.resolve(data.mask);
      waiting.delete(data.id);
    };
    opened.onerror = (event) => {
      for (const { reject } of waiting.values()) reject(new Error(event.message || 'The mask worker stopped.'));
      waiting.clear();
      worker = null;
    };
    return opened;
  };
  return (labels, cameras, grid, free) =>
    new Promise((resolve, reject) => {
      worker ??= open();
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      const request: MaskRequest = { id: lastId, labels, cameras, grid, free };
      worker.postMessage(request);
    });
}
