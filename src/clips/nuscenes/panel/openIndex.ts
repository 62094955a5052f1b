import { describeTables, keepIndex, readKeptIndex } from '../keepIndex.ts';
import type { DataRoot } from '../rootFiles.ts';
import type { RootIndex } from '../rootIndex.ts';
import { readTablesIn } from '../tablesProtocol.ts';

export interface ReadProgress {
  readonly table: string;
  readonly loaded: number;
  readonly total: number;
  readonly bytesPerSecond: number;
}

interface OpenIndexOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReadProgress) => void;
}

/** The index of a version: the remembered one where the tables are the same, else read in a worker and remembered. Throws `tables-invalid`. */
export async function openIndex(root: DataRoot, version: string, options: OpenIndexOptions): Promise<RootIndex> {
  const files = await root.readTables(version);
  const key = describeTables(version, files);
  const kept = key === null ? null : await readKeptIndex(key);
  options.signal.throwIfAborted();
  if (kept) return kept;
  const worker = new Worker(new URL('../../../workers/nuscenesTables.worker.ts', import.meta.url), { type: 'module' });
  const startedAt = performance.now();
  const index = await readTablesIn(
    worker,
    { files, version },
    {
      signal: options.signal,
      onProgress: ({ table, loaded, total }) => {
        const seconds = Math.max(0.1, (performance.now() - startedAt) / 1000);
        options.onProgress({ table, loaded, total, bytesPerSecond: Math.round(loaded / seconds) });
      },
    },
  );
  if (key !== null) await keepIndex(key, index);
  return index;
}
