import { OccuscopeError } from '../../errors/catalogue.ts';
import type { TableFiles } from './readTables.ts';
import type { RootIndex } from './rootIndex.ts';

/** Sent once to the worker that reads tables. */
export interface TablesRequest {
  readonly files: TableFiles;
  readonly version: string;
}

export type TablesResponse =
  | { readonly kind: 'progress'; readonly table: string; readonly loaded: number; readonly total: number }
  | { readonly kind: 'index'; readonly index: RootIndex }
  | { readonly kind: 'failed'; readonly detail: string };

export interface TablesRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly table: string; readonly loaded: number; readonly total: number }) => void;
}

/** What of a Worker is used here. */
export type TablesWorker = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror' | 'onmessageerror'>;

/**
 * Read tables in `worker`, which ends with it. Throws `tables-invalid`, `worker-stopped` where the worker itself breaks, and the signal's
 * reason when it is aborted.
 */
export function readTablesIn(
  worker: TablesWorker,
  request: TablesRequest,
  { signal, onProgress }: TablesRun,
): Promise<RootIndex> {
  return new Promise<RootIndex>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    const fail = (reason: string) =>
      reject(new OccuscopeError('worker-stopped', { detail: `Reading tables: ${reason}` }));
    worker.onerror = ({ message }) => fail(message || 'its program could not be loaded.');
    worker.onmessageerror = () => fail('its reply could not be read.');
    worker.onmessage = ({ data }: MessageEvent<TablesResponse>) => {
      if (data.kind === 'progress') onProgress(data);
      else if (data.kind === 'index') resolve(data.index);
      else reject(new OccuscopeError('tables-invalid', { detail: data.detail }));
    };
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
