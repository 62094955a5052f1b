import type { CameraImage } from '../../domain/clip.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { type Lens, releasePicture, type Straightener } from './straighten.ts';

/** One picture for the worker; it gets exactly one reply before the next is sent. */
export interface StraightenRequest {
  readonly lens: Lens;
  readonly picture: CameraImage;
}

export type StraightenReply =
  | { readonly kind: 'straight'; readonly pixels: Uint8ClampedArray<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly detail: string };

/** What of a Worker is used here. */
export type StraightenWorker = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror' | 'onmessageerror'>;

interface Job extends StraightenRequest {
  readonly resolve: (image: CameraImage) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Straightens in a worker that starts with the first picture, one after another. What is aborted while it waits is never sent;
 * what is under way runs to its end and is forgotten.
 */
export function createWorkerStraightener(openWorker: () => StraightenWorker): Straightener {
  let worker: StraightenWorker | null = null;
  let current: Job | null = null;
  let isClosed = false;
  const waiting: Job[] = [];
  const open = () => {
    const opened = openWorker();
    opened.onmessage = ({ data }: MessageEvent<StraightenReply>) => {
      const job = current;
      current = null;
      if (data.kind === 'straight') job?.resolve({ ...sizeOf(job), pixels: data.pixels });
      else job?.reject(new OccuscopeError('image-decode-failed', { detail: data.detail }));
      sendNext();
    };
    const replace = (reason: string) => {
      // A worker that broke is replaced by the next picture's.
      opened.terminate();
      worker = null;
      const job = current;
      current = null;
      job?.reject(new OccuscopeError('image-decode-failed', { detail: `Straightening failed: ${reason}` }));
      sendNext();
    };
    opened.onerror = ({ message }: ErrorEvent) => replace(message || 'its worker could not be loaded.');
    opened.onmessageerror = () => replace('its reply could not be read.');
    return opened;
  };
  const sendNext = () => {
    current = waiting.shift() ?? null;
    if (!current) return;
    worker ??= open();
    const { lens, picture } = current;
    // A bitmap goes over; plain bytes may be the caller's own.
    const transfer = ArrayBuffer.isView(picture.pixels) ? [] : [picture.pixels];
    try {
      worker.postMessage({ lens, picture } satisfies StraightenRequest, transfer);
    } catch (cause) {
      // A picture that cannot go over, such as a closed bitmap, must not hold up the others.
      const { reject } = current;
      current = null;
      reject(new OccuscopeError('image-decode-failed', { detail: 'The picture is gone.', cause }));
      sendNext();
    }
  };
  return {
    straighten(lens, picture, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          releasePicture(picture);
          return reject(signal.reason);
        }
        // A picture may still be on its way when its clip is closed: it must not start another worker.
        if (isClosed) {
          releasePicture(picture);
          return reject(describeClosed());
        }
        const job: Job = { lens, picture, resolve, reject };
        waiting.push(job);
        signal?.addEventListener('abort', () => {
          const place = waiting.indexOf(job);
          if (place >= 0) {
            waiting.splice(place, 1);
            releasePicture(picture);
          }
          reject(signal.reason);
        });
        if (!current) sendNext();
      });
    },
    close() {
      isClosed = true;
      worker?.terminate();
      worker = null;
      current?.reject(describeClosed());
      current = null;
      for (const { reject, picture } of waiting.splice(0)) {
        releasePicture(picture);
        reject(describeClosed());
      }
    },
  };
}

function describeClosed(): DOMException {
  return new DOMException('The sequence was closed.', 'AbortError');
}

function sizeOf({ lens: { window } }: Job) {
  return { width: window.width, height: window.height };
}
