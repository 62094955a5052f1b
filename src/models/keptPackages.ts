import { filledText, wholeNumber, z } from '../errors/schema.ts';
import { type PackageWithCard, readModelPackage } from './readPackage.ts';

const recordSchema = z.object({ id: filledText(), title: filledText(), bytes: wholeNumber(0) });

/** A package that the visitor wants to find again; `bytes` is the sum of its files. */
export type KeptPackage = z.infer<typeof recordSchema>;

/** Packages of the visitor's own, kept in this browser beside the verified files. */
export interface KeptPackages {
  list(): Promise<KeptPackage[]>;
  /** The package with every file checked again, or null where it is not kept or has been damaged. */
  read(id: string): Promise<PackageWithCard | null>;
  /** Throws where the browser has no room. */
  keep(id: string, model: PackageWithCard): Promise<void>;
  remove(id: string): Promise<void>;
}

const cacheName = 'occuscope-own-models-1';

/** Null where the Cache API is missing or forbidden (private windows, insecure pages). */
export async function openKeptPackages(caches: CacheStorage | undefined, base: string): Promise<KeptPackages | null> {
  const cache = await Promise.resolve(caches?.open(cacheName)).catch(() => undefined);
  if (!cache) return null;
  const urlOf = (id: string, path: string) =>
    new URL(`occuscope-own/${encodeURIComponent(id)}/${path.split('/').map(encodeURIComponent).join('/')}`, base).href;
  const removePackage = async (id: string) => {
    const start = urlOf(id, '');
    const keys = (await cache.keys()).filter(({ url }) => url.startsWith(start));
    await Promise.all(keys.map((key) => cache.delete(key)));
  };
  return {
    async list() {
      const records = (await cache.keys()).filter(({ url }) => url.endsWith('/.record'));
      const found = await Promise.all(records.map(async (key) => (await cache.match(key))?.json().catch(() => null)));
      return found.flatMap((json) => {
        const parsed = recordSchema.safeParse(json);
        return parsed.success ? [parsed.data] : [];
      });
    },
    async read(id) {
      if (!(await cache.match(urlOf(id, '.record')))) return null;
      return await readModelPackage({
        read: async (path) => (await cache.match(urlOf(id, path)))?.blob() ?? null,
      });
    },
    async keep(id, { manifest, files, cardText }) {
      try {
        await cache.put(urlOf(id, 'manifest.json'), new Response(JSON.stringify(manifest)));
        if (manifest.card && cardText !== null) await cache.put(urlOf(id, manifest.card), new Response(cardText));
        for (const [name, bytes] of files) await cache.put(urlOf(id, name), new Response(bytes));
        const bytes = [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
        // The record is last: a package without one is not there.
        const record: KeptPackage = { id, title: manifest.title, bytes };
        await cache.put(urlOf(id, '.record'), new Response(JSON.stringify(record)));
      } catch (cause) {
        await removePackage(id);
        throw cause;
      }
    },
    remove: removePackage,
  };
}
