import { type UnzipFileInfo, unzipSync } from 'fflate';
import { OccuscopeError } from '../errors/catalogue.ts';
import { type DownloadProgress, fetchBytes } from './download.ts';
import { type ModelManifest, parseManifest } from './manifest.ts';
import type { ModelPackage } from './openModel.ts';
import { checkRecipe } from './recipe.ts';
import { findFileFault } from './verifiedFiles.ts';

/** What a zip may ask of the visitor's memory, bytes; far above any network that a browser can run. */
export interface ZipLimits {
  readonly archiveBytes: number;
  readonly entries: number;
  /** A manifest or a card. */
  readonly textBytes: number;
  /** All files that the manifest lists, together. */
  readonly unpackedBytes: number;
}

export const ZIP_LIMITS: ZipLimits = {
  archiveBytes: 1 << 30,
  entries: 1000,
  textBytes: 1 << 20,
  unpackedBytes: 2 ** 31,
};

/** A package from a zip, with its model card, which has no address of its own. */
export interface ZipModel extends ModelPackage {
  readonly cardText: string | null;
}

export interface OpenZipOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Download a zip and open it; errors are those of `readZipModel` and `model-download-failed`. An abort comes out as an `AbortError`. */
export async function openZipModel(url: string, options: OpenZipOptions = {}): Promise<ZipModel> {
  let loadedBytes = 0;
  let totalBytes: number | null = null;
  const file = url.replace(/^.*\//, '');
  const archive = await fetchBytes(url, {
    signal: options.signal,
    fetch: options.fetch,
    cache: 'no-cache',
    maximumBytes: ZIP_LIMITS.archiveBytes,
    onTotal: (bytes) => {
      totalBytes = bytes;
    },
    onBytes(count) {
      loadedBytes += count;
      options.onProgress?.({ loadedBytes, totalBytes: totalBytes ?? loadedBytes, file });
    },
  });
  options.signal?.throwIfAborted();
  return await readZipModel(archive);
}

/**
 * Open a model package from the bytes of a zip: `manifest.json` at the top or in the one folder that holds everything.
 * Only what the manifest lists is unpacked, and only when the zip claims the very size that the manifest claims, so the memory
 * that a hostile archive can take is known before anything is inflated; names never leave the archive.
 * Throws `model-package-invalid`, `model-manifest-invalid` or `model-file-corrupt`.
 */
export async function readZipModel(
  archive: Uint8Array<ArrayBuffer>,
  limits: ZipLimits = ZIP_LIMITS,
): Promise<ZipModel> {
  if (archive.byteLength > limits.archiveBytes) throw invalid(`The zip has more than ${limits.archiveBytes} bytes.`);
  const entries = listEntries(archive, limits);
  const folder = findFolder(entries);
  const manifest = parseManifest(readJson(readText(archive, entries, `${folder}manifest.json`, limits)));
  checkRecipe(manifest);
  checkClaims(manifest, entries, folder, limits);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, claim] of Object.entries(manifest.files)) {
    const bytes = unpack(archive, `${folder}${name}`);
    const fault = await findFileFault(claim, bytes);
    if (fault !== null) throw new OccuscopeError('model-file-corrupt', { detail: `${name} ${fault}.` });
    files.set(name, bytes);
  }
  const { card } = manifest;
  return { manifest, files, cardText: card ? readText(archive, entries, `${folder}${card}`, limits) : null };
}

type Entries = ReadonlyMap<string, UnzipFileInfo>;

/** The table of contents, with nothing unpacked. */
function listEntries(archive: Uint8Array<ArrayBuffer>, limits: ZipLimits): Entries {
  const entries = new Map<string, UnzipFileInfo>();
  let count = 0;
  const look = (info: UnzipFileInfo): boolean => {
    count += 1;
    if (count > limits.entries) throw invalid(`It holds more than ${limits.entries} files.`);
    if (info.name.endsWith('/')) return false;
    if (/^[/\\]|\\|^[a-z]:|(^|\/)\.\.(\/|$)|\0/i.test(info.name)) {
      throw invalid(`The name ${JSON.stringify(info.name)} leads out of the package.`);
    }
    if (entries.has(info.name)) throw invalid(`${info.name} is in it twice.`);
    entries.set(info.name, info);
    return false;
  };
  guardZip(() => unzipSync(archive, { filter: look }));
  return entries;
}

/** The top, or the one folder that a tool has wrapped around everything; '' or a path that ends in a slash. */
function findFolder(entries: Entries): string {
  if (entries.has('manifest.json')) return '';
  const found = [...entries.keys()].filter((name) => /^[^/]+\/manifest\.json$/.test(name) && !/^__MACOSX/.test(name));
  if (found.length === 1) return found[0]!.slice(0, -'manifest.json'.length);
  throw invalid(
    found.length === 0 ? 'It has no manifest.json.' : `It holds more than one package: ${found.join(', ')}.`,
  );
}

/** Every listed file is there with the size that the manifest claims, before anything is unpacked. */
function checkClaims({ files }: ModelManifest, entries: Entries, folder: string, limits: ZipLimits): void {
  const claims = Object.entries(files);
  const total = claims.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  if (total > limits.unpackedBytes)
    throw invalid(`Its files take ${total} bytes unpacked; ${limits.unpackedBytes} may.`);
  const faults = claims.flatMap(([name, { bytes }]) => {
    const entry = entries.get(`${folder}${name}`);
    if (!entry) return [`${name} is listed in the manifest and not in the zip.`];
    if (entry.originalSize === bytes) return [];
    return [`${name} unpacks to ${entry.originalSize} bytes where the manifest claims ${bytes}.`];
  });
  if (faults.length > 0) throw invalid(faults.join('\n'));
}

function readText(archive: Uint8Array<ArrayBuffer>, entries: Entries, name: string, limits: ZipLimits): string {
  const entry = entries.get(name);
  if (!entry) throw invalid(`${name} is not in the zip.`);
  if (entry.originalSize > limits.textBytes) throw invalid(`${name} is larger than ${limits.textBytes} bytes.`);
  return new TextDecoder().decode(unpack(archive, name));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new OccuscopeError('model-manifest-invalid', { detail: 'manifest.json is not JSON.', cause });
  }
}

/** Unpacks one file into a buffer of the size that the table of contents claims; more than that is cut off, not allocated. */
function unpack(archive: Uint8Array<ArrayBuffer>, wanted: string): Uint8Array<ArrayBuffer> {
  const unpacked = guardZip(() => unzipSync(archive, { filter: ({ name }) => name === wanted }));
  return unpacked[wanted]! as Uint8Array<ArrayBuffer>;
}

function guardZip<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof OccuscopeError) throw cause;
    throw invalid(`It is no zip that can be read: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
}

function invalid(detail: string, cause?: unknown): OccuscopeError {
  return new OccuscopeError('model-package-invalid', { detail, cause });
}
