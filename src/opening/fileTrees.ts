import type { FileTree, FileTreeEntry } from '../domain/fileTree.ts';
import { OccuscopeError } from '../errors/catalogue.ts';

/** What browsers call it when something is there and they may not or cannot read it. */
const refusals = ['NotReadableError', 'NotAllowedError', 'SecurityError'];

function isRefusal(error: unknown): boolean {
  if (error instanceof OccuscopeError) return error.code === 'file-unreadable';
  return error instanceof DOMException && refusals.includes(error.name);
}

function describeRefusal(error: unknown, path: string): unknown {
  if (!(error instanceof DOMException) || !isRefusal(error)) return error;
  return new OccuscopeError('file-unreadable', { detail: `${path}: ${error.message}`, cause: error });
}

/** What is not there, and what a browser will not name, reads as nothing; throws `file-unreadable` for what is there all the same. */
function orNull<Value>(found: Promise<Value>, path: string): Promise<Value | null> {
  return found.catch((error: unknown) => {
    if (isRefusal(error)) throw describeRefusal(error, path);
    return null;
  });
}

/** Parts of a path that stays inside the tree, or null. */
export function splitPath(path: string): string[] | null {
  const parts = path.split('/').filter(Boolean);
  return parts.some((part) => part === '..' || part === '.') ? null : parts;
}

/** A folder inside that may not be listed, such as a disk's `lost+found`, must not keep its neighbours from being opened. */
async function* listReadable(
  path: string,
  name: string,
  entries: AsyncIterable<FileTreeEntry>,
): AsyncGenerator<FileTreeEntry> {
  try {
    yield* entries;
  } catch (error) {
    if (path === '' || !isRefusal(error)) throw describeRefusal(error, path || name);
  }
}

/** A folder from the directory picker. Handles of folders are kept, so that a file costs one step after the first of its folder. */
export function treeFromHandle(root: FileSystemDirectoryHandle): FileTree {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle | null>>([['', Promise.resolve(root)]]);
  const openFolder = (parts: readonly string[]): Promise<FileSystemDirectoryHandle | null> => {
    const path = parts.join('/');
    const known = folders.get(path);
    if (known) return known;
    const found = openFolder(parts.slice(0, -1)).then((parent) =>
      parent ? orNull(parent.getDirectoryHandle(parts.at(-1)!), path) : null,
    );
    folders.set(path, found);
    found.catch(() => folders.delete(path));
    return found;
  };
  async function* listHandle(path: string): AsyncGenerator<FileTreeEntry> {
    const folder = await openFolder(splitPath(path) ?? ['..']);
    if (!folder) return;
    for await (const { name, kind } of folder.values()) yield { name, kind: kind === 'file' ? 'file' : 'folder' };
  }
  return {
    name: root.name,
    async readFile(path) {
      const parts = splitPath(path);
      if (!parts || parts.length === 0) return null;
      const folder = await openFolder(parts.slice(0, -1));
      const file = folder && (await orNull(folder.getFileHandle(parts.at(-1)!), path));
      return file && (await orNull(file.getFile(), path));
    },
    list: (path) => listReadable(path, root.name, listHandle(path)),
  };
}

/** Things that were dropped: one folder is the tree itself, several things are children of a folder without a name of its own. */
export function treeFromEntries(entries: readonly FileSystemEntry[]): FileTree {
  const [only] = entries;
  if (entries.length === 1 && only?.isDirectory) return treeFromFolder(only as FileSystemDirectoryEntry);
  const children = new Map(entries.map((entry) => [entry.name, entry]));
  const subtrees = new Map(entries.filter(isFolder).map((entry) => [entry.name, treeFromFolder(entry)] as const));
  const name = describeNames([...children.keys()]);
  async function* listDropped(path: string): AsyncGenerator<FileTreeEntry> {
    const [first, ...rest] = splitPath(path) ?? ['..'];
    if (first !== undefined) yield* subtrees.get(first)?.list(rest.join('/')) ?? [];
    else for (const entry of entries) yield describeEntry(entry);
  }
  return {
    name,
    async readFile(path) {
      const [first, ...rest] = splitPath(path) ?? [];
      const entry = first === undefined ? undefined : children.get(first);
      if (!entry) return null;
      if (entry.isFile) return rest.length === 0 ? await readEntry(entry as FileSystemFileEntry, path) : null;
      return (await subtrees.get(first!)?.readFile(rest.join('/'))) ?? null;
    },
    list: (path) => listReadable(path, name, listDropped(path)),
  };
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function describeEntry({ name, isFile }: FileSystemEntry): FileTreeEntry {
  return { name, kind: isFile ? 'file' : 'folder' };
}

function treeFromFolder(folder: FileSystemDirectoryEntry): FileTree {
  const find = (path: string, kind: 'getFile' | 'getDirectory'): Promise<FileSystemEntry | null> => {
    const parts = splitPath(path);
    if (!parts) return Promise.resolve(null);
    return ask((done, fail) => folder[kind](parts.join('/'), {}, done, fail), path);
  };
  async function* listEntry(path: string): AsyncGenerator<FileTreeEntry> {
    const found = (splitPath(path)?.length ?? 1) === 0 ? folder : await find(path, 'getDirectory');
    if (!found) return;
    const reader = (found as FileSystemDirectoryEntry).createReader();
    // One call gives at most a hundred entries; an empty answer is the end.
    for (;;) {
      const batch = await ask<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail), path || folder.name);
      if (!batch || batch.length === 0) return;
      yield* batch.map(describeEntry);
    }
  }
  return {
    name: folder.name,
    async readFile(path) {
      const entry = splitPath(path)?.length ? await find(path, 'getFile') : null;
      return entry && (await readEntry(entry as FileSystemFileEntry, path));
    },
    list: (path) => listReadable(path, folder.name, listEntry(path)),
  };
}

function readEntry(entry: FileSystemFileEntry, path: string): Promise<Blob | null> {
  return ask<Blob>((done, fail) => entry.file(done, fail), path);
}

/** One question to the callbacks of dropped things. */
function ask<Value>(
  question: (done: (value: Value) => void, fail: (error: unknown) => void) => void,
  path: string,
): Promise<Value | null> {
  return orNull(new Promise<Value>(question), path);
}

/** Files of an input: of a picked folder (`webkitRelativePath` starts with its name), or loose ones. */
export function treeFromFiles(files: readonly File[]): FileTree {
  const isFolder = files.length > 0 && files.every(({ webkitRelativePath }) => webkitRelativePath.includes('/'));
  const pathOf = (file: File) => (isFolder ? file.webkitRelativePath.replace(/^[^/]*\//, '') : file.name);
  const name = isFolder ? files[0]!.webkitRelativePath.split('/')[0]! : describeNames(files.map((file) => file.name));
  const byPath = new Map(files.map((file) => [pathOf(file), file]));
  return treeFromPaths(name, byPath.keys(), async (path) => byPath.get(path) ?? null);
}

/** A tree over a known list of paths. `read` is asked only for paths of the list. */
export function treeFromPaths(
  name: string,
  paths: Iterable<string>,
  read: (path: string) => Promise<Blob | null>,
): FileTree {
  const folders = new Map<string, Map<string, FileTreeEntry>>([['', new Map()]]);
  const files = new Set<string>();
  for (const path of paths) {
    const parts = splitPath(path);
    if (!parts || parts.length === 0) continue;
    files.add(parts.join('/'));
    let folder = '';
    for (const [place, part] of parts.entries()) {
      const kind = place === parts.length - 1 ? 'file' : 'folder';
      folders.get(folder)!.set(part, { name: part, kind });
      folder = folder ? `${folder}/${part}` : part;
      if (kind === 'folder' && !folders.has(folder)) folders.set(folder, new Map());
    }
  }
  return {
    name,
    async readFile(path) {
      const inside = splitPath(path)?.join('/');
      return inside !== undefined && files.has(inside) ? await read(inside) : null;
    },
    async *list(path) {
      yield* folders.get(splitPath(path)?.join('/') ?? '..')?.values() ?? [];
    },
  };
}

/** A folder of another tree as a tree of its own. */
export function openFolder(tree: FileTree, folder: string): FileTree {
  return {
    name: folder.split('/').at(-1) || tree.name,
    readFile: async (path) => (splitPath(path)?.length ? await tree.readFile(`${folder}/${path}`) : null),
    list: (path) => tree.list(splitPath(path)?.length === 0 ? folder : `${folder}/${path}`),
  };
}

function describeNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nothing';
  return `${names[0]} and ${names.length - 1} more`;
}
