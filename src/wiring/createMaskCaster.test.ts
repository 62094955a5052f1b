import { expect, test } from 'vitest';
import { OCC3D_GRID } from '../domain/geometry.ts';
import type { MaskRequest } from '../session/maskProtocol.ts';
import { createMaskCaster } from './createMaskCaster.ts';
import type { LineWorker } from './workerLine.ts';

test('a worker that breaks is ended, fails what waits in the words of the catalogue, and is replaced', async () => {
  const asked: MaskRequest[] = [];
  const ended: LineWorker[] = [];
  const workers: LineWorker[] = [];
  const cast = createMaskCaster(() => {
    const worker = {
      postMessage: (request: MaskRequest) => void asked.push(request),
      terminate: () => void ended.push(worker),
    } as unknown as LineWorker;
    workers.push(worker);
    return worker;
  });
  const labels = Uint8Array.of(1, 2);
  const lost = cast(labels, [], OCC3D_GRID, 17);
  workers[0]!.onerror!.call(workers[0] as Worker, { message: 'out of memory' } as ErrorEvent);
  await expect(lost).rejects.toMatchObject({
    code: 'worker-stopped',
    detail: expect.stringContaining('out of memory'),
  });
  expect(ended).toEqual([workers[0]]);
  const next = cast(labels, [], OCC3D_GRID, 17);
  expect(asked[1]).toMatchObject({ labels, free: 17 });
  const mask = Uint8Array.of(0, 1);
  workers[1]!.onmessage!.call(workers[1] as Worker, { data: { id: asked[1]!.id, mask } } as MessageEvent);
  expect(await next).toBe(mask);
});
