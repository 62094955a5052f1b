import type { TensorCopy } from '../domain/memory.ts';
import type { Backend } from '../stores/modelStore.ts';
import type { Report } from '../stores/session.ts';
import type { Stores } from '../stores/stores.ts';
import type { SessionHandle } from './createSession.ts';
import { waitForShown } from './waitForShown.ts';

/** What scripts and tests may ask of the page, as `window.occuscope`; docs/automation.md explains it. */
export interface Automation {
  /** Resolves when the clip is open, the model is warm and the first frame is predicted; rejects when one of them fails. */
  readonly ready: Promise<void>;
  open(wanted: { clip?: string; model?: string; backend?: Backend }): Promise<void>;
  seek(frameIndex: number): Promise<void>;
  /** A copy of the labels on screen, one byte each, z fastest. Throws before the first prediction. */
  labels(): Uint8Array;
  /** A copy of the flow on screen, (vx, vy) per voxel in metres per second; null where the model gives none. */
  flow(): Float32Array | null;
  /** A copy of a tensor of the model's recipe, as the shown frame wrote it. Rejects where another frame was run last, and for an unknown name. */
  tensor(name: string): Promise<TensorCopy>;
  report(): Report;
  /** Destroy the GPU device, to watch the page recover. */
  loseDevice(): void;
}

export function createAutomation(session: SessionHandle, stores: Stores, started: Promise<void>): Automation {
  const frameNow = () => stores.playback.getState().frameIndex;
  const ready = started.then(() => waitForShown(stores, frameNow()));
  // Nobody may be listening: a failure is shown by the page itself.
  ready.catch(() => undefined);
  const requireCurrent = () => {
    if (!session.current) throw new Error('Nothing has been predicted yet: wait for occuscope.ready.');
    return session.current;
  };
  return {
    ready,
    async open({ clip, model, backend }) {
      if (clip !== undefined && clip !== stores.clip.getState().clip?.id) await session.openClip(clip);
      if (backend !== undefined) await session.setBackend(backend);
      if (model !== undefined && model !== stores.model.getState().card?.address) await session.openModel(model);
      await waitForShown(stores, frameNow());
    },
    seek: (frameIndex) => session.seek(frameIndex),
    labels: () => requireCurrent().labels.slice(),
    flow: () => requireCurrent().flow?.slice() ?? null,
    async tensor(name) {
      const { frameIndex } = requireCurrent();
      const found = await session.readTensor(name);
      if (found?.frameIndex === frameIndex) return { name, shape: found.shape, values: found.values };
      throw new Error(
        `The network’s tensors are those of ${found ? `frame ${found.frameIndex}` : 'no frame'}, not of ${frameIndex}.`,
      );
    },
    report: () => session.makeReport(),
    loseDevice() {
      if (!session.context) throw new Error('There is no GPU device.');
      session.context.device.destroy();
    },
  };
}
