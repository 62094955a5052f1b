import type { FileTree } from '../domain/fileTree.ts';

/** Whether the file at `path` says `text` in its first bytes: enough to know a format without reading a large file. */
export async function startsWithText(
  tree: FileTree,
  path: string,
  text: string,
  bytes = 4096,
): Promise<boolean | null> {
  const file = await tree.readFile(path);
  return file && (await file.slice(0, bytes).text()).includes(text);
}
