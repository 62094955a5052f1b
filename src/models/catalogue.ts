import { OccuscopeError } from '../errors/catalogue.ts';
import { filledText, wholeNumber, z } from '../errors/schema.ts';
import { type FetchOptions, fetchJson } from './download.ts';
import { formatPath } from './manifest.ts';

const entrySchema = z.object({
  id: filledText(),
  title: filledText(),
  /** Folder of the package, relative to the index. */
  path: filledText(),
  /** Sum of the package's files. */
  bytes: wholeNumber(0),
  summary: z._default(z.string(), ''),
  /** Shown to nobody but tests and the curious: not offered in the menu. */
  hidden: z._default(z.boolean(), false),
  /** Small enough for machines without a GPU: opened there where the visitor names no model. */
  light: z._default(z.boolean(), false),
});

const indexSchema = z.strictObject({ format: z.literal('occuscope-models/1'), models: z.array(entrySchema) });

/** A model that the site offers. `manifestUrl` is absolute. */
export type CatalogueEntry = z.infer<typeof entrySchema> & { readonly manifestUrl: string };

/** Read the list of model packages (`models/index.json`). Throws `model-download-failed` or `model-manifest-invalid`. */
export async function loadCatalogue(indexUrl: string, options: FetchOptions = {}): Promise<CatalogueEntry[]> {
  const parsed = indexSchema.safeParse(await fetchJson(indexUrl, options));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${indexUrl} ${formatPath(path)}: ${message}`);
    throw new OccuscopeError('model-manifest-invalid', { detail: faults.join('\n') });
  }
  return parsed.data.models.map((entry) => ({
    ...entry,
    manifestUrl: new URL(`${entry.path.replace(/\/?$/, '/')}manifest.json`, indexUrl).href,
  }));
}
