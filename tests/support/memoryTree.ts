import type { FileTree, FileTreeEntry } from '../../src/domain/fileTree.ts';

/** A folder in memory: file contents by path. */
export function createMemoryTree(files: Readonly<Record<string, Uint8Array | string>>, name = 'folder'): FileTree {
  return {
    name,
    async readFile(path) {
      const contents = files[path];
      return contents === undefined ? null : new Blob([contents as BlobPart]);
    },
    async *list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const seen = new Set<string>();
      for (const path of Object.keys(files)) {
        if (!path.startsWith(prefix)) continue;
        const [child, ...rest] = path.slice(prefix.length).split('/') as [string, ...string[]];
        if (seen.has(child)) continue;
        seen.add(child);
        yield { name: child, kind: rest.length === 0 ? 'file' : 'folder' } satisfies FileTreeEntry;
      }
    },
  };
}
