import { OccuscopeError } from '../../errors/catalogue.ts';
import { filledText, z } from '../../errors/schema.ts';

const entrySchema = z.object({
  id: filledText(),
  title: filledText(),
  /** Folder of the clip, relative to the index. */
  path: filledText(),
  summary: z._default(z.string(), ''),
  /** Not offered in the menu. */
  hidden: z._default(z.boolean(), false),
});

const indexSchema = z.strictObject({ format: z.literal('occuscope-clips/1'), clips: z.array(entrySchema) });

/** A clip that the site offers. `clipUrl` is absolute. */
export type ClipIndexEntry = z.infer<typeof entrySchema> & { readonly clipUrl: string };

/** Read the list of packaged clips (`clips/index.json`). Throws `clip-download-failed` or `clip-invalid`. */
export async function loadClipIndex(indexUrl: string, signal?: AbortSignal): Promise<ClipIndexEntry[]> {
  const parsed = indexSchema.safeParse(await fetchIndex(indexUrl, signal));
  if (!parsed.success) throw new OccuscopeError('clip-invalid', { detail: `${indexUrl}: ${parsed.error.message}` });
  return parsed.data.clips.map((entry) => ({
    ...entry,
    clipUrl: new URL(`${entry.path.replace(/\/?$/, '/')}clip.json`, indexUrl).href,
  }));
}

async function fetchIndex(indexUrl: string, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    const response = await fetch(indexUrl, { signal: signal ?? null, cache: 'no-cache' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.json();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new OccuscopeError('clip-download-failed', { detail: `${indexUrl}: ${String(cause)}.`, cause });
  }
}
