import { createStore, del, entries, get, set, type UseStore } from 'idb-keyval';
import { readContentMark } from '../../zip/contentMark.ts';
import type { TableFiles } from './readTables.ts';
import type { RootIndex } from './rootIndex.ts';

/** Indices that are remembered at most; those used longest ago go first. */
const mostKept = 4;

interface KeptIndex {
  readonly index: RootIndex;
  readonly usedAt: number;
}

const current: RootIndex['format'] = 'occuscope-nuscenes-index/3';
let store: UseStore | null = null;
const openStore = () => {
  store ??= createStore('occuscope-nuscenes', 'indices');
  return store;
};

/** What tells one state of the tables from another without reading them: version, and each table's size and content mark; null where a table has none. */
export function describeTables(version: string, files: TableFiles): string | null {
  const parts: string[] = [];
  for (const [name, file] of Object.entries(files)) {
    const mark = readContentMark(file);
    if (mark === null) return null;
    parts.push(`${name} ${file.size} ${mark}`);
  }
  return [current, version, ...parts.sort()].join('|');
}

/** The remembered index of these tables, or null. A browser without storage remembers nothing. */
export async function readKeptIndex(key: string): Promise<RootIndex | null> {
  try {
    const kept = await get<KeptIndex>(key, openStore());
    if (kept?.index.format !== current) return null;
    // Only the date changes, and nobody waits for it.
    void set(key, { ...kept, usedAt: Date.now() }, openStore()).catch(() => undefined);
    return kept.index;
  } catch {
    return null;
  }
}

/** Remember an index; where there is no room it is made anew next time. */
export async function keepIndex(key: string, index: RootIndex): Promise<void> {
  try {
    await set(key, { index, usedAt: Date.now() } satisfies KeptIndex, openStore());
    const all = await entries<string, KeptIndex>(openStore());
    const oldest = all.sort(([, a], [, b]) => b.usedAt - a.usedAt).slice(mostKept);
    await Promise.all(oldest.map(([oldKey]) => del(oldKey, openStore())));
  } catch {
    // Nothing is lost but time.
  }
}
