import { Zip, ZipPassThrough } from 'fflate';
import type { FileTarget } from './fileTarget.ts';

/** A zip that is written while it is made; files are stored as they are, because npz files are packed already. */
export interface ZipStream {
  add(name: string, bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
}

export function createZipStream(target: FileTarget): ZipStream {
  let writing = Promise.resolve();
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    const bytes = chunk.slice() as Uint8Array<ArrayBuffer>;
    writing = writing.then(() => target.write(bytes));
  });
  return {
    async add(name, bytes) {
      const file = new ZipPassThrough(name);
      file.mtime = new Date(1980, 0, 2);
      zip.add(file);
      file.push(bytes, true);
      await writing;
    },
    async finish() {
      zip.end();
      await writing;
    },
  };
}
