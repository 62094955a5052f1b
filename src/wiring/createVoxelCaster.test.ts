import { expect, test } from 'vitest';
import type { CameraView } from '../domain/clip.ts';
import type { DrawnVolume } from '../domain/drawnVolume.ts';
import type { CastRequest } from '../imagePanels/castProtocol.ts';
import { createVoxelCaster } from './createVoxelCaster.ts';
import type { LineWorker } from './workerLine.ts';

/** Workers that answer when they are told to. */
function createFakes() {
  const fakes: ReturnType<typeof makeFake>[] = [];
  const makeFake = () => {
    const inbox: CastRequest[] = [];
    const fake = {
      inbox,
      isEnded: false,
      worker: {
        postMessage: (request: CastRequest) => void inbox.push(request),
        terminate: () => {
          fake.isEnded = true;
        },
        onmessage: null,
        onerror: null,
        onmessageerror: null,
      } as unknown as LineWorker,
      answer(id: number) {
        fake.worker.onmessage!.call(fake.worker as Worker, { data: { id, pixels: Uint8ClampedArray.of(id) } } as never);
      },
    };
    return fake;
  };
  const open = () => {
    const fake = makeFake();
    fakes.push(fake);
    return fake.worker;
  };
  return { fakes, open };
}

const volume = { labels: { cpu: Uint8Array.of(1) } } as unknown as DrawnVolume;
const view = {} as CameraView;
const kindsOf = (inbox: readonly CastRequest[]) => inbox.map(({ kind }) => kind);

test('the views of one volume share one sending, and each gets its own reply', async () => {
  const { fakes, open } = createFakes();
  const cast = createVoxelCaster(open);
  expect(fakes).toHaveLength(0);
  const views = [cast(volume, 'occ3d', view, 1, 1), cast(volume, 'occ3d', view, 1, 1)];
  expect(kindsOf(fakes[0]!.inbox)).toEqual(['volume', 'cast', 'cast']);
  fakes[0]!.answer(2);
  fakes[0]!.answer(1);
  expect((await Promise.all(views)).map((pixels) => pixels[0])).toEqual([1, 2]);
});

test.each(['onerror', 'onmessageerror'] as const)(
  '%s fails all that waits; the next call starts another worker, which gets the volume again',
  async (fault) => {
    const { fakes, open } = createFakes();
    const cast = createVoxelCaster(open);
    const lost = [cast(volume, 'occ3d', view, 1, 1), cast(volume, 'occ3d', view, 1, 1)];
    const first = fakes[0]!;
    const breakDown = () => (first.worker[fault] as (event: object) => void)({ message: 'out of memory' });
    breakDown();
    for (const view of lost) await expect(view).rejects.toMatchObject({ code: 'worker-stopped' });
    expect(first.isEnded).toBe(true);
    const next = cast(volume, 'occ3d', view, 1, 1);
    expect(kindsOf(fakes[1]!.inbox)).toEqual(['volume', 'cast']);
    breakDown();
    fakes[1]!.answer(3);
    expect((await next)[0]).toBe(3);
    expect(fakes).toHaveLength(2);
  },
);
