import { type ErrorCode, OccuscopeError } from '../errors/catalogue.ts';

/** Progress of a download of one or more files, in bytes after decompression. */
export interface DownloadProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** The file that moved last. */
  readonly file: string;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, before the first piece, when the server says how many bytes there are after decompression. */
  readonly onTotal?: ((bytes: number) => void) | undefined;
  /** Called with the bytes of each piece as it arrives. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** `reload` goes past the browser's HTTP cache. */
  readonly cache?: RequestCache | undefined;
  readonly errorCode?: ErrorCode | undefined;
  /** Stop as soon as more than this arrives. */
  readonly maximumBytes?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * Download a whole file. Throws the given error code (default `model-download-failed`) with the address and the reason;
 * an abort through `signal` is passed on as it is (an `AbortError`), not wrapped.
 */
export async function fetchBytes(url: string, options: FetchOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, onBytes, cache = 'default', errorCode = 'model-download-failed', maximumBytes = Infinity } = options;
  try {
    const response = await (options.fetch ?? fetch)(url, { signal: signal ?? null, cache });
    if (!response.ok) throw new OccuscopeError(errorCode, { detail: `${url}: HTTP ${response.status}.` });
    const total = readTotal(response.headers);
    if (total !== null) options.onTotal?.(total);
    if (!response.body) return new Uint8Array(await response.arrayBuffer());
    return await collect(response.body, onBytes, maximumBytes);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof OccuscopeError) throw cause;
    throw new OccuscopeError(errorCode, { detail: `${url}: ${String(cause)}.`, cause });
  }
}

/** Download and parse JSON; an HTML page served in its place (a site's "not found") is reported as such. */
export async function fetchJson(url: string, options: FetchOptions = {}): Promise<unknown> {
  const text = new TextDecoder().decode(await fetchBytes(url, options));
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const detail = `${url}: not JSON${text.trimStart().startsWith('<') ? ' but a web page; is the address right?' : '.'}`;
    throw new OccuscopeError(options.errorCode ?? 'model-download-failed', { detail, cause });
  }
}

/** Content-Length counts the bytes on the wire: compressed ones say nothing about the file. */
function readTotal(headers: Headers): number | null {
  const length = Number(headers.get('content-length') ?? Number.NaN);
  return Number.isFinite(length) && !headers.has('content-encoding') ? length : null;
}

async function collect(
  body: ReadableStream<Uint8Array>,
  onBytes: FetchOptions['onBytes'],
  maximumBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.byteLength;
    onBytes?.(value.byteLength);
    if (length > maximumBytes) {
      await reader.cancel();
      break;
    }
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.byteLength;
  }
  return bytes;
}
