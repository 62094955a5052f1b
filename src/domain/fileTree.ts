/** One direct child of a folder. */
export interface FileTreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/**
 * A folder or zip that somebody handed to the page, looked into lazily: nothing is listed or read before it is asked for.
 * Paths are relative to it, parts joined by `/`, without a leading one; `''` is the folder itself.
 */
export interface FileTree {
  /** Name of the folder or zip, for people. */
  readonly name: string;
  /** The file at `path`, or null where there is none. */
  readFile(path: string): Promise<Blob | null>;
  /** Direct children of the folder at `path`; nothing where there is no such folder. */
  list(path: string): AsyncIterable<FileTreeEntry>;
  /** Files are found by their names alone, as on a web server: `list` gives nothing. */
  readonly isUnlisted?: true;
}
