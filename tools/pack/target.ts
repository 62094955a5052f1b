import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Zip, ZipPassThrough } from 'fflate';

/** Where the files of a clip go. */
export interface PackTarget {
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when everything is on the disk. */
  close(): Promise<void>;
}

/** A zip where `out` ends in `.zip`, else a folder. Files of a clip are packed already: the zip stores them, so that a page reads them in place. */
export function openTarget(out: string): PackTarget {
  return /\.zip$/i.test(out) ? openZipTarget(out) : openFolderTarget(out);
}

function openFolderTarget(folder: string): PackTarget {
  return {
    async write(name, bytes) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, bytes);
    },
    close: async () => undefined,
  };
}

function openZipTarget(file: string): PackTarget {
  const stream = createWriteStream(file);
  const done = new Promise<void>((resolve, reject) => stream.on('finish', resolve).on('error', reject));
  done.catch(() => undefined);
  const zip = new Zip((error, piece, isLast) => {
    if (error) return void stream.destroy(error);
    stream.write(piece);
    if (isLast) stream.end();
  });
  return {
    async write(name, bytes) {
      const entry = new ZipPassThrough(name);
      // The same bytes for the same clip.
      entry.mtime = '1980-01-01';
      zip.add(entry);
      entry.push(bytes, true);
      if (stream.writableNeedDrain) await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
    },
    async close() {
      zip.end();
      await done;
    },
  };
}
