import { type DownloadProgress, fetchJson } from './download.ts';
import { type ModelManifest, parseManifest } from './manifest.ts';
import { checkRecipe } from './recipe.ts';
import { type FileStore, openVerifiedFile } from './verifiedFiles.ts';

/** A model package with all of its files in memory, checked against its manifest. */
export interface ModelPackage {
  readonly manifest: ModelManifest;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export interface OpenModelOptions {
  readonly store: FileStore | null;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * Open a package by the address of its manifest: read, check, then download what is not yet kept, all files at once.
 * Throws `model-manifest-invalid`, `model-download-failed` or `model-file-corrupt`; an abort comes out as an `AbortError`.
 */
export async function openModel(manifestUrl: string, options: OpenModelOptions): Promise<ModelPackage> {
  const manifest = parseManifest(await fetchJson(manifestUrl, { ...options, cache: 'no-cache' }));
  checkRecipe(manifest);
  const entries = Object.entries(manifest.files);
  const totalBytes = entries.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  let loadedBytes = 0;
  const cancelSiblings = new AbortController();
  const signal = AbortSignal.any([cancelSiblings.signal, ...(options.signal ? [options.signal] : [])]);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    await Promise.all(
      entries.map(async ([file, claim]) => {
        const onBytes = (count: number) => {
          loadedBytes += count;
          options.onProgress?.({ loadedBytes, totalBytes, file });
        };
        const url = new URL(file, manifestUrl).href;
        files.set(file, await openVerifiedFile(url, claim, { ...options, signal, onBytes }));
      }),
    );
  } catch (error) {
    cancelSiblings.abort(error);
    throw error;
  }
  return { manifest, files };
}
