import { type Dirent, openAsBlob } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileTree } from '../../src/domain/fileTree.ts';

/** A folder on the disk as the page sees one that is dropped on it. */
export function createDiskTree(folder: string): FileTree {
  return {
    name: path.basename(path.resolve(folder)),
    async readFile(inside) {
      const file = path.join(folder, inside);
      const found = await stat(file).catch(() => null);
      return found?.isFile() ? await openAsBlob(file) : null;
    },
    async *list(inside) {
      const children = await opendir(path.join(folder, inside)).catch(() => null);
      if (!children) return;
      for await (const child of children as AsyncIterable<Dirent>) {
        const isFolder =
          child.isDirectory() ||
          (child.isSymbolicLink() && (await isFolderLink(path.join(folder, inside, child.name))));
        yield { name: child.name, kind: isFolder ? 'folder' : 'file' };
      }
    },
  };
}

async function isFolderLink(link: string): Promise<boolean> {
  return (await stat(link).catch(() => null))?.isDirectory() ?? false;
}
