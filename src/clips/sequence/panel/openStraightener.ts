import type { Straightener } from '../straighten.ts';
import { createWorkerStraightener } from '../straightenProtocol.ts';

/** Straightens off the page's thread; no worker is started before there is a picture with a lens. */
export function openStraightener(): Straightener {
  return createWorkerStraightener(
    () => new Worker(new URL('../../../workers/straighten.worker.ts', import.meta.url), { type: 'module' }),
  );
}
