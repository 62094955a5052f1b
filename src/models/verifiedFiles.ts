import { OccuscopeError } from '../errors/catalogue.ts';
import { fetchBytes } from './download.ts';
import { hashSha256 } from './sha256.ts';

/** What a file must be: its length and SHA-256. */
export interface FileClaim {
  readonly bytes: number;
  readonly sha256: string;
}

/** Stored bytes by content; every read is checked again, so a damaged entry heals itself by a fresh download. */
export interface FileStore {
  read(claim: FileClaim): Promise<Uint8Array<ArrayBuffer> | null>;
  write(claim: FileClaim, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

const cacheName = 'occuscope-models-1';

/**
 * Open the browser's Cache API as a store keyed by SHA-256, so that equal files of two packages are kept once.
 * Returns null where the Cache API is missing or forbidden (private windows, insecure pages): downloads still work, unkept.
 */
export async function openFileStore(caches: CacheStorage | undefined, baseUrl: string): Promise<FileStore | null> {
  let cache: Cache;
  try {
    if (!caches) return null;
    cache = await caches.open(cacheName);
  } catch {
    return null;
  }
  const keyOf = ({ sha256 }: FileClaim) => new URL(`occuscope-file/${sha256}`, baseUrl).href;
  return {
    async read(claim) {
      const response = await cache.match(keyOf(claim));
      if (!response) return null;
      const bytes = new Uint8Array(await response.arrayBuffer());
      if ((await findFileFault(claim, bytes)) === null) return bytes;
      await cache.delete(keyOf(claim));
      return null;
    },
    async write(claim, bytes) {
      try {
        await cache.put(keyOf(claim), new Response(bytes));
      } catch {
        // Over quota: the file is simply downloaded again next time.
      }
    },
  };
}

/** Say how `bytes` differ from the claim, or null where they match. */
export async function findFileFault(claim: FileClaim, bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (bytes.byteLength !== claim.bytes) return `has ${bytes.byteLength} bytes where ${claim.bytes} are claimed`;
  const sha256 = await hashSha256(bytes);
  return sha256 === claim.sha256 ? null : `has SHA-256 ${sha256} where ${claim.sha256} is claimed`;
}

export interface OpenFileOptions {
  readonly store: FileStore | null;
  readonly signal?: AbortSignal | undefined;
  /** Negative when a failed attempt is started over. */
  readonly onBytes?: ((count: number) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * Get a file that satisfies its claim, from the store or by download; only checked bytes enter the store.
 * A mismatch is tried once more past the HTTP cache (a proxy may hold an older release) before `model-file-corrupt` is thrown.
 */
export async function openVerifiedFile(
  url: string,
  claim: FileClaim,
  options: OpenFileOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const kept = await options.store?.read(claim);
  if (kept) {
    options.onBytes?.(kept.byteLength);
    return kept;
  }
  let fault = '';
  for (const cache of ['default', 'reload'] as const) {
    const bytes = await fetchBytes(url, { ...options, cache, maximumBytes: claim.bytes });
    const found = await findFileFault(claim, bytes);
    if (found === null) {
      await options.store?.write(claim, bytes);
      return bytes;
    }
    fault = found;
    options.onBytes?.(-bytes.byteLength);
  }
  throw new OccuscopeError('model-file-corrupt', { detail: `${url} ${fault}.` });
}
