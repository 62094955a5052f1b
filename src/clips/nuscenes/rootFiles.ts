import type { FileTree } from '../../domain/fileTree.ts';
import type { TableFiles } from './readTables.ts';
import { TABLES, type TableName } from './rootIndex.ts';

/** Where the parts of a data root lie in what was handed over. */
export interface DataRoot {
  readonly name: string;
  /** Folders of tables, by their names; '' is the folder itself. */
  readonly versions: readonly string[];
  readTables(version: string): Promise<TableFiles>;
  /** The file at a path of the data set (`samples/…`, `gts/…`), from whichever part has it. */
  readFile(path: string): Promise<Blob | null>;
  /** Whether a folder of the data set has anything in it. */
  hasFolder(path: string): Promise<boolean>;
}

/** Folders of the data set that make a part of a root worth keeping. */
const contents =
  /^(samples|gts|openocc_v2|gts_surroundocc|nuscenes_occ|surroundocc|occ_samples|nuScenes-Occupancy.*|scene_[0-9a-f]{32}|v1\.0-.*)$/i;

/** Names of one folder that are looked at, and folders of it that may be parts. */
const mostNames = 400;
const mostParts = 24;

/**
 * Find tables, images and truth in what was handed over: the root itself, folders beside each other as the archives unpack to, or the folder
 * of tables alone. Looks at two levels of names and lists no folder of images. Null where there are no tables.
 */
export async function findDataRoot(tree: FileTree): Promise<DataRoot | null> {
  const top = await listFolders(tree, '');
  const parts = [''];
  for (const name of top.filter((folder) => !contents.test(folder)).slice(0, mostParts)) {
    if ((await listFolders(tree, name)).some((inner) => contents.test(inner))) parts.push(name);
  }
  const versions = await findVersions(tree, parts);
  if (versions.size === 0) return null;
  const find = async (path: string): Promise<Blob | null> => {
    // Other look-ups reorder the parts meanwhile: each goes through the order that it found.
    for (const part of [...parts]) {
      const file = await tree.readFile(join(part, path));
      if (!file) continue;
      // Files of one scene lie in the same part: it is asked first next time.
      if (part !== parts[0]) parts.unshift(...parts.splice(parts.indexOf(part), 1));
      return file;
    }
    return null;
  };
  return {
    name: tree.name,
    versions: [...versions.keys()],
    readTables: (version) => readTableFiles(tree, versions.get(version) ?? version),
    readFile: find,
    async hasFolder(path) {
      for (const part of [...parts]) for await (const _ of tree.list(join(part, path))) return true;
      return false;
    },
  };
}

async function listFolders(tree: FileTree, path: string): Promise<string[]> {
  const names: string[] = [];
  let looked = 0;
  for await (const { name, kind } of tree.list(path)) {
    if (kind === 'folder') names.push(name);
    looked += 1;
    if (looked === mostNames) break;
  }
  return names;
}

/** Version to its folder. */
async function findVersions(tree: FileTree, parts: readonly string[]): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  if (await tree.readFile('sample_data.json')) versions.set(tree.name, '');
  for (const part of parts) {
    for (const name of (await listFolders(tree, part)).filter((folder) => folder.startsWith('v1.0-'))) {
      const folder = join(part, name);
      if (!versions.has(name) && (await tree.readFile(`${folder}/sample_data.json`))) versions.set(name, folder);
    }
  }
  return versions;
}

async function readTableFiles(tree: FileTree, folder: string): Promise<TableFiles> {
  const files: Partial<Record<TableName, Blob>> = {};
  for (const name of TABLES) {
    const file = await tree.readFile(join(folder, `${name}.json`));
    if (file) files[name] = file;
  }
  return files;
}

function join(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}
