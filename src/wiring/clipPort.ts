import { type ClipIndexEntry, loadClipIndex } from '../clips/packaged/clipIndex.ts';
import { filesOfTree, openPackagedClip } from '../clips/packaged/openPackagedClip.ts';
import type { Clip } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { fetchBytes } from '../models/download.ts';
import type { LoadOptions, SessionPorts } from '../session/ports.ts';
import { isClipPath } from '../stores/urlState.ts';
import type { LocalClips } from './localClips.ts';

/** Packaged clips of this site, with the bytes of each download counted, and the visitor's own. `base` is the page's own folder. */
export function createClipPort(base: string, local: LocalClips): Pick<SessionPorts, 'listClips' | 'openClip'> {
  const indexUrl = new URL('clips/index.json', base).href;
  let index: Promise<ClipIndexEntry[]> | null = null;
  const readIndex = () => {
    index ??= loadClipIndex(indexUrl);
    index.catch(() => {
      index = null;
    });
    return index;
  };
  return {
    listClips: async () => [
      ...(await readIndex()).map(({ id, title, hidden }) => ({ id, title, isHidden: hidden })),
      ...local.list(),
    ],
    async openClip(id, options) {
      const own = local.open(id);
      if (own) return own;
      if (isClipPath(id)) return { ...(await openClipAt(new URL(id, base).href, options)), id };
      const entry = (await readIndex()).find((candidate) => candidate.id === id);
      if (!entry) throw new OccuscopeError('clip-download-failed', { detail: `This site has no clip “${id}”.` });
      return await openCountedClip(entry.clipUrl, options);
    },
  };
}

/** A clip of this site by its address: a folder, its `clip.json`, or a zip. */
async function openClipAt(url: string, options: LoadOptions): Promise<Clip> {
  if (/\.json$/i.test(url)) return await openCountedClip(url, options);
  if (!/\.zip$/i.test(url)) return await openCountedClip(`${url.replace(/\/?$/, '/')}clip.json`, options);
  const { treeFromUrl } = await import('../opening/urlTree.ts');
  const onBytes = (loaded: number) => options.onProgress({ loaded, total: null });
  const tree = await treeFromUrl(url, url, { signal: options.signal, onBytes });
  return await openPackagedClip(filesOfTree(tree), 'clip.json');
}

/**
 * Opening is over when the description is read; the images that follow are still counted.
 * The total is that of the files asked for so far, and unknown as soon as the server does not say one of them.
 */
async function openCountedClip(clipUrl: string, { signal, onProgress }: LoadOptions): Promise<Clip> {
  const close = new AbortController();
  const folder = new URL('.', clipUrl).href;
  let loaded = 0;
  let total: number | null = 0;
  const read = async (path: string) => {
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), folder).href;
    let isTotalKnown = false;
    const onTotal = (bytes: number) => {
      isTotalKnown = true;
      if (total !== null) total += bytes;
    };
    const onBytes = (count: number) => {
      if (!isTotalKnown) total = null;
      loaded += count;
      onProgress({ loaded, total });
    };
    const bytes = await fetchBytes(url, {
      signal: AbortSignal.any([close.signal, signal]),
      onTotal,
      onBytes,
      errorCode: 'clip-download-failed',
    });
    return new Blob([bytes]);
  };
  return await openPackagedClip({ read, close: () => close.abort() }, 'clip.json');
}
