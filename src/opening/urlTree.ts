import type { FileTree } from '../domain/fileTree.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { fetchBytes } from '../models/download.ts';
import { markContent } from '../zip/contentMark.ts';
import { splitPath } from './fileTrees.ts';
import { treeFromZip } from './zipTree.ts';

export interface UrlTreeOptions {
  readonly signal: AbortSignal;
  /** Bytes of a zip so far. */
  readonly onBytes?: (loaded: number) => void;
  /** Largest zip that is downloaded whole. */
  readonly largestZipBytes?: number;
}

/**
 * A folder or zip of this site by its address. A server does not list its folders, so `list` gives nothing there.
 * Throws `nothing-to-open` for addresses of other sites and broken ones, `clip-download-failed` where a zip or a file cannot be had.
 */
export async function treeFromUrl(
  address: string,
  base: string,
  { signal, onBytes, largestZipBytes = 2 ** 31 }: UrlTreeOptions,
): Promise<FileTree> {
  const url = resolveUrl(address, base);
  const name = readName(url, address);
  if (/\.zip$/i.test(url.pathname)) {
    let loaded = 0;
    const count = (bytes: number) => {
      loaded += bytes;
      onBytes?.(loaded);
    };
    const limits = { maximumBytes: largestZipBytes, errorCode: 'clip-download-failed' } as const;
    const bytes = await fetchBytes(url.href, { signal, onBytes: count, ...limits });
    if (bytes.byteLength > largestZipBytes) {
      const detail = `${url.href} is larger than ${largestZipBytes / 2 ** 30} GiB. Download it there and drop it here: then it is read in place.`;
      throw new OccuscopeError('clip-download-failed', { detail });
    }
    return await treeFromZip(new Blob([bytes]), name);
  }
  const folder = /\.json$/i.test(url.pathname)
    ? new URL('.', url)
    : new URL(`${url.pathname.replace(/\/?$/, '/')}`, url);
  return {
    name,
    async readFile(path) {
      const parts = splitPath(path);
      return parts?.length ? await fetchFile(new URL(parts.map(encodeURIComponent).join('/'), folder).href) : null;
    },
    isUnlisted: true,
    async *list() {},
  };
}

function resolveUrl(address: string, base: string): URL {
  let url: URL;
  try {
    url = new URL(address.trim(), base);
  } catch (cause) {
    throw new OccuscopeError('nothing-to-open', { detail: `${address} is no address.`, cause });
  }
  if (url.origin !== new URL(base).origin) {
    const detail = `${url.host} is another site; this page only talks to ${new URL(base).host}. Download the file there and drop it here.`;
    throw new OccuscopeError('nothing-to-open', { detail });
  }
  return url;
}

function readName(url: URL, address: string): string {
  try {
    return decodeURIComponent(url.pathname.replace(/\/$/, '').split('/').at(-1) || url.host);
  } catch (cause) {
    const detail = `${address} is no address: after a % two hexadecimal digits are expected; a % itself is written %25.`;
    throw new OccuscopeError('nothing-to-open', { detail, cause });
  }
}

/** A page in place of a file is a site's way to say that there is none. */
async function fetchFile(url: string): Promise<Blob | null> {
  try {
    const response = await fetch(url);
    if (response.status === 404 || response.headers.get('content-type')?.startsWith('text/html')) return null;
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const blob = await response.blob();
    const mark = response.headers.get('etag') ?? response.headers.get('last-modified');
    return mark === null ? blob : markContent(blob, mark);
  } catch (cause) {
    throw new OccuscopeError('clip-download-failed', { detail: `${url}: ${String(cause)}.`, cause });
  }
}
