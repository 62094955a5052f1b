import { expect, test, vi } from 'vitest';
import type { CameraImage } from '../../domain/clip.ts';
import { createDirectStraightener, createPlannedStraightener, type Lens } from './straighten.ts';
import { createWorkerStraightener, type StraightenRequest, type StraightenWorker } from './straightenProtocol.ts';

const lens: Lens = {
  distortion: { model: 'brown-conrady', coefficients: [-0.3, 0.1, 0, 0] },
  intrinsics: Float64Array.of(40, 0, 19.5, 0, 40, 14.5, 0, 0, 1),
  size: { width: 40, height: 30 },
  window: { left: 4, top: 2, width: 30, height: 24 },
};

function makePicture(seed: number): CameraImage {
  const pixels = Uint8ClampedArray.from({ length: 40 * 30 * 4 }, (_, index) => (index * 7 + seed * 31) % 256);
  return { width: 40, height: 30, pixels };
}

/** A worker that answers when it is told to. */
function createFakeWorker() {
  const straighten = createPlannedStraightener();
  const inbox: StraightenRequest[] = [];
  const worker = {
    postMessage: (request: StraightenRequest) => void inbox.push(request),
    terminate: () => void ends.push(true),
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  } as unknown as StraightenWorker;
  const ends: boolean[] = [];
  const answer = () => {
    const { lens: own, picture } = inbox.shift()!;
    const data = { kind: 'straight', pixels: straighten(own, picture) };
    worker.onmessage!.call(worker as Worker, { data } as MessageEvent);
  };
  const breakDown = () => worker.onerror!.call(worker as Worker, { message: 'out of memory' } as ErrorEvent);
  return { worker, inbox, answer, breakDown, ends };
}

test('a worker gives what the page’s own thread would, one picture after another', async () => {
  const { worker, inbox, answer } = createFakeWorker();
  const straightener = createWorkerStraightener(() => worker);
  const results = [1, 2].map((seed) => straightener.straighten(lens, makePicture(seed)));
  expect(inbox).toHaveLength(1);
  answer();
  expect(inbox).toHaveLength(1);
  answer();
  const direct = createDirectStraightener();
  for (const [place, result] of results.entries())
    expect(await result).toEqual(await direct.straighten(lens, makePicture(place + 1)));
});

test('what is aborted while it waits is never sent, and the next has its turn', async () => {
  const { worker, inbox, answer } = createFakeWorker();
  const straightener = createWorkerStraightener(() => worker);
  const abort = new AbortController();
  const first = straightener.straighten(lens, makePicture(1));
  const second = straightener.straighten(lens, makePicture(2), abort.signal);
  const third = straightener.straighten(lens, makePicture(3));
  abort.abort(new DOMException('moved on', 'AbortError'));
  await expect(second).rejects.toThrow('moved on');
  answer();
  expect(inbox[0]!.picture).toEqual(makePicture(3));
  answer();
  expect((await first).width).toBe(30);
  expect((await third).height).toBe(24);
  await expect(straightener.straighten(lens, makePicture(4), abort.signal)).rejects.toThrow('moved on');
  expect(inbox).toHaveLength(0);
});

test('closing ends what waits; a worker that breaks costs one picture and is replaced', async () => {
  const fakes: ReturnType<typeof createFakeWorker>[] = [];
  const straightener = createWorkerStraightener(() => {
    const fake = createFakeWorker();
    fakes.push(fake);
    return fake.worker;
  });
  const broken = straightener.straighten(lens, makePicture(1));
  const next = straightener.straighten(lens, makePicture(2));
  fakes[0]!.breakDown();
  await expect(broken).rejects.toThrow('out of memory');
  expect(fakes).toHaveLength(2);
  fakes[1]!.answer();
  expect((await next).width).toBe(30);
  const last = straightener.straighten(lens, makePicture(3));
  straightener.close();
  await expect(last).rejects.toThrow('closed');
  expect(fakes[1]!.ends).toHaveLength(1);
});

test('a worker that says nothing, or whose reply cannot be read, holds nothing up', async () => {
  const fakes: ReturnType<typeof createFakeWorker>[] = [];
  const straightener = createWorkerStraightener(() => {
    const fake = createFakeWorker();
    fakes.push(fake);
    return fake.worker;
  });
  const unreadable = straightener.straighten(lens, makePicture(1));
  const unloaded = straightener.straighten(lens, makePicture(2));
  const next = straightener.straighten(lens, makePicture(3));
  fakes[0]!.worker.onmessageerror!.call(fakes[0]!.worker as Worker, {} as MessageEvent);
  await expect(unreadable).rejects.toMatchObject({ code: 'image-decode-failed' });
  // A script that cannot be had is told by an event without words.
  fakes[1]!.worker.onerror!.call(fakes[1]!.worker as Worker, {} as ErrorEvent);
  await expect(unloaded).rejects.toThrow('its worker could not be loaded');
  fakes[2]!.answer();
  expect((await next).width).toBe(30);
  expect(fakes.map(({ ends }) => ends.length)).toEqual([1, 1, 0]);
});

test('a picture that comes after closing is let go and starts no other worker', async () => {
  const openWorker = vi.fn(() => createFakeWorker().worker);
  const straightener = createWorkerStraightener(openWorker);
  void straightener.straighten(lens, makePicture(1)).catch(() => undefined);
  const bitmaps = [1, 2].map(() => ({ close: vi.fn() }));
  const [waiting, late] = bitmaps.map((pixels) => ({ width: 40, height: 30, pixels }) as unknown as CameraImage);
  const ended = straightener.straighten(lens, waiting!);
  straightener.close();
  await expect(ended).rejects.toThrow('closed');
  await expect(straightener.straighten(lens, late!)).rejects.toThrow('closed');
  expect(openWorker).toHaveBeenCalledTimes(1);
  for (const { close } of bitmaps) expect(close).toHaveBeenCalledTimes(1);
});

test('a picture that cannot be sent fails alone, and the next has its turn', async () => {
  const { worker, inbox, answer } = createFakeWorker();
  const send = worker.postMessage;
  worker.postMessage = (request: StraightenRequest) => {
    if (request.picture.width === 0) throw new DOMException('detached', 'DataCloneError');
    send(request);
  };
  const straightener = createWorkerStraightener(() => worker);
  const gone = straightener.straighten(lens, { ...makePicture(1), width: 0 });
  const next = straightener.straighten(lens, makePicture(2));
  await expect(gone).rejects.toMatchObject({ code: 'image-decode-failed' });
  expect(inbox).toHaveLength(1);
  answer();
  expect((await next).width).toBe(30);
});
