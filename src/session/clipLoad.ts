import { OccuscopeError } from '../errors/catalogue.ts';
import { withAddedTruths } from '../stores/clipStore.ts';
import type { LoadProgress } from '../stores/progress.ts';
import type { Stores } from '../stores/stores.ts';
import { isAbort } from './gpuContext.ts';
import { withDecodedCache } from './imageCache.ts';
import type { SessionPorts } from './ports.ts';

/** Opens one clip at a time. */
export interface ClipLoad {
  /** Throws what went wrong after putting it in the clip store. `startFrame` is kept inside the clip. */
  open(id: string, startFrame: number): Promise<void>;
  cancel(): void;
}

interface ClipLoadPorts {
  readonly stores: Stores;
  readonly ports: SessionPorts;
  /** Called before the present clip is closed. */
  readonly onClipGone: () => void;
}

export function createClipLoad({ stores, ports, onClipGone }: ClipLoadPorts): ClipLoad {
  const { clip: store, playback } = stores;
  let abort = new AbortController();
  return {
    async open(id, startFrame) {
      abort.abort();
      const own = new AbortController();
      abort = own;
      store.setState({ phase: 'loading', error: null, progress: null });
      try {
        const onProgress = (progress: LoadProgress) => store.setState({ progress });
        const opened = await ports.openClip(id, { signal: own.signal, onProgress });
        if (own.signal.aborted) {
          opened.close();
          own.signal.throwIfAborted();
        }
        const previous = store.getState().clip;
        if (previous) onClipGone();
        const frameIndex = Math.min(Math.max(0, startFrame), opened.frames.length - 1);
        playback.setState({ frameIndex, isPlaying: false });
        const added = store.getState().addedTruths.get(opened.id) ?? [];
        const clip = withAddedTruths(withDecodedCache(opened), added);
        store.setState({ phase: 'ready', clip, drawnImages: 0 });
        previous?.close();
      } catch (cause) {
        if (abort !== own) throw cause;
        if (isAbort(cause)) {
          store.setState({ phase: store.getState().clip ? 'ready' : 'cancelled' });
          throw cause;
        }
        const detail = cause instanceof Error ? cause.message : String(cause);
        const error = cause instanceof OccuscopeError ? cause : new OccuscopeError('clip-invalid', { detail, cause });
        store.setState({ phase: 'failed', error });
        throw error;
      }
    },
    cancel: () => abort.abort(),
  };
}
