import { OccuscopeError } from '../errors/catalogue.ts';
import { openZip, type ZipArchive } from '../zip/openZip.ts';
import { type DownloadProgress, fetchBytes } from './download.ts';
import { PACKAGE_LIMITS, type PackageLimits, type PackageWithCard, readModelPackage } from './readPackage.ts';

/** What a zip may ask of the visitor's memory beside what a package may, bytes. */
export interface ZipPackageLimits extends PackageLimits {
  readonly archiveBytes: number;
  readonly entries: number;
}

export const ZIP_LIMITS: ZipPackageLimits = { ...PACKAGE_LIMITS, archiveBytes: 1 << 30, entries: 1000 };

export interface OpenZipOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Download a zip and open it; errors are those of `readZipModel` and `model-download-failed`. An abort comes out as an `AbortError`. */
export async function openZipModel(url: string, options: OpenZipOptions = {}): Promise<PackageWithCard> {
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
  limits: ZipPackageLimits = ZIP_LIMITS,
): Promise<PackageWithCard> {
  if (archive.byteLength > limits.archiveBytes) throw invalid(`The zip has more than ${limits.archiveBytes} bytes.`);
  const fileLimits = { entries: limits.entries, fileBytes: limits.unpackedBytes };
  const zip = await recode('model-package-invalid', openZip(new Blob([archive]), fileLimits));
  const folder = findFolder(zip);
  return await readModelPackage({
    read: (path) => recode('model-file-corrupt', zip.read(`${folder}${path}`)),
    sizeOf: (path) => zip.sizes.get(`${folder}${path}`) ?? null,
    limits,
  });
}

/** The top, or the one folder that a tool has wrapped around everything; '' or a path that ends in a slash. */
function findFolder({ sizes }: ZipArchive): string {
  if (sizes.has('manifest.json')) return '';
  const found = [...sizes.keys()].filter((name) => /^[^/]+\/manifest\.json$/.test(name) && !/^__MACOSX/.test(name));
  if (found.length === 1) return found[0]!.slice(0, -'manifest.json'.length);
  throw invalid(
    found.length === 0 ? 'It has no manifest.json.' : `It holds more than one package: ${found.join(', ')}.`,
  );
}

/** What is wrong with the archive, as what is wrong with the package. */
async function recode<Value>(
  code: 'model-package-invalid' | 'model-file-corrupt',
  reading: Promise<Value>,
): Promise<Value> {
  try {
    return await reading;
  } catch (cause) {
    if (!(cause instanceof OccuscopeError)) throw cause;
    throw new OccuscopeError(code, { detail: cause.detail ?? cause.sentence, cause });
  }
}

function invalid(detail: string): OccuscopeError {
  return new OccuscopeError('model-package-invalid', { detail });
}
