import type { FileTree } from '../domain/fileTree.ts';
import { openZip } from '../zip/openZip.ts';
import { openFolder, treeFromPaths } from './fileTrees.ts';

/** What systems add to archives beside what a person packed. */
const litter = /(^|\/)(__MACOSX|\.DS_Store|Thumbs\.db|desktop\.ini)(\/|$)/;

/** A zip as a tree; one folder that holds everything is stepped into. Throws `archive-invalid`. */
export async function treeFromZip(archive: Blob, name: string): Promise<FileTree> {
  const zip = await openZip(archive);
  const paths = [...zip.sizes.keys()].filter((path) => !litter.test(path));
  let tree = treeFromPaths(name, paths, (path) => zip.read(path));
  for (const folder of findWrapping(paths)) tree = { ...openFolder(tree, folder), name };
  return tree;
}

/** The folders, outermost first, that hold every path and nothing beside them. */
function findWrapping(paths: readonly string[]): string[] {
  const [first] = paths;
  if (first === undefined) return [];
  const parts = first.split('/').slice(0, -1);
  const shared = parts.findIndex((_, place) => {
    const prefix = `${parts.slice(0, place + 1).join('/')}/`;
    return !paths.every((path) => path.startsWith(prefix));
  });
  return shared === -1 ? parts : parts.slice(0, shared);
}

/** A single zip among what was handed over is opened; everything else stays as it is. */
export async function unpackTree(tree: FileTree): Promise<FileTree> {
  const names: string[] = [];
  for await (const { name, kind } of tree.list('')) {
    names.push(name);
    if (names.length > 1 || kind === 'folder') return tree;
  }
  const [name] = names;
  if (!name || !/\.zip$/i.test(name)) return tree;
  const archive = await tree.readFile(name);
  return archive ? await treeFromZip(archive, name) : tree;
}
