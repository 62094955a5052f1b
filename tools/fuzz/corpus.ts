import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../tests/corpus');

/** A file of the corpus. Names begin with `good-` (is read) or `bad-` (is refused with one sentence). */
export interface CorpusFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function readCorpus(folder: string): CorpusFile[] {
  const files = readdirSync(path.join(root, folder)).sort();
  return files.map((name) => ({ name, bytes: new Uint8Array(readFileSync(path.join(root, folder, name))) }));
}
