import { readTables } from '../clips/nuscenes/readTables.ts';
import type { TablesRequest, TablesResponse } from '../clips/nuscenes/tablesProtocol.ts';
import { OccuscopeError } from '../errors/catalogue.ts';

// Reads tables off the page's thread; ending the worker is how reading is cancelled.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<TablesRequest>) => void;
  postMessage(message: TablesResponse, transfer?: Transferable[]): void;
};

/** Least time between two reports, milliseconds. */
const reportInterval = 100;

scope.onmessage = ({ data: { files, version } }) => {
  let reported = 0;
  const onProgress = (progress: { table: string; loaded: number; total: number }) => {
    const now = performance.now();
    if (now - reported < reportInterval) return;
    reported = now;
    scope.postMessage({ kind: 'progress', ...progress });
  };
  readTables(files, { version, signal: new AbortController().signal, onProgress }).then(
    (index) => {
      const columns = Object.values(index).filter((value) => ArrayBuffer.isView(value));
      scope.postMessage(
        { kind: 'index', index },
        columns.map((column) => column.buffer as ArrayBuffer),
      );
    },
    (error: unknown) => {
      const detail = error instanceof OccuscopeError ? error.detail : null;
      scope.postMessage({ kind: 'failed', detail: detail ?? String(error) });
    },
  );
};
