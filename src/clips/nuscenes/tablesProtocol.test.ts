import { expect, test, vi } from 'vitest';
import { readTablesIn, type TablesWorker } from './tablesProtocol.ts';

function read() {
  const worker = { postMessage: vi.fn(), terminate: vi.fn() } as unknown as TablesWorker;
  const signal = new AbortController().signal;
  const reading = readTablesIn(worker, { files: {}, version: 'v1.0-mini' }, { signal, onProgress: () => undefined });
  return { worker, reading, own: worker as Worker };
}

test('a worker that breaks is told as that, not as a fault of the tables, and is ended', async () => {
  const faults: [(fake: ReturnType<typeof read>) => void, string][] = [
    [({ worker, own }) => worker.onerror!.call(own, { message: 'out of memory' } as ErrorEvent), 'out of memory'],
    // A program that cannot be had is told by an event without words.
    [({ worker, own }) => worker.onerror!.call(own, {} as ErrorEvent), 'could not be loaded'],
    [({ worker, own }) => worker.onmessageerror!.call(own, {} as MessageEvent), 'reply could not be read'],
  ];
  for (const [breakDown, words] of faults) {
    const fake = read();
    breakDown(fake);
    await expect(fake.reading).rejects.toMatchObject({
      code: 'worker-stopped',
      detail: expect.stringContaining(words),
    });
    expect(fake.worker.terminate).toHaveBeenCalledOnce();
  }
});

test('what the worker says of the tables is passed on', async () => {
  const { worker, reading, own } = read();
  const data = { kind: 'failed', detail: 'v1.0-mini has no scene.json.' };
  worker.onmessage!.call(own, { data } as MessageEvent);
  await expect(reading).rejects.toMatchObject({ code: 'tables-invalid', detail: data.detail });
});
