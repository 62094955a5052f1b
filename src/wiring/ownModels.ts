import { OccuscopeError } from '../errors/catalogue.ts';
import { type KeptPackages, openKeptPackages } from '../models/keptPackages.ts';
import { type PackageWithCard, readModelPackage } from '../models/readPackage.ts';

/** A model package of the visitor's own: handed over in this visit, or kept in this browser from one before. */
export interface OwnModel {
  readonly id: string;
  readonly title: string;
  /** Sum of its files. */
  readonly bytes: number;
  readonly isKept: boolean;
}

const handedOver = new Map<string, PackageWithCard>();
let kept: Promise<KeptPackages | null> | null = null;

function openKept(base: string): Promise<KeptPackages | null> {
  kept ??= openKeptPackages(globalThis.caches, base);
  return kept;
}

export async function listOwnModels(base: string): Promise<OwnModel[]> {
  const stored = (await (await openKept(base))?.list()) ?? [];
  const here = [...handedOver].filter(([id]) => !stored.some((model) => model.id === id));
  return [
    ...stored.map((model) => ({ ...model, isKept: true })),
    ...here.map(([id, model]) => ({ id, title: model.manifest.title, bytes: measureBytes(model), isKept: false })),
  ];
}

/** The package of that id, or null where the visitor has handed over none. */
export async function readOwnModel(base: string, id: string): Promise<PackageWithCard | null> {
  return handedOver.get(id) ?? (await (await openKept(base))?.read(id)) ?? null;
}

/**
 * Take a package over: every file is checked first. Returns its id, which is none of `siteIds`.
 * Throws `model-package-invalid`, `model-manifest-invalid` or `model-file-corrupt`.
 */
export async function addOwnModel(
  read: (path: string) => Promise<Blob | null>,
  siteIds: readonly string[],
): Promise<string> {
  const model = await readModelPackage({ read });
  const { id } = model.manifest;
  const ownId = siteIds.includes(id) ? `${id}-own` : id;
  handedOver.set(ownId, model);
  return ownId;
}

/** Keep a package beyond this visit. Throws `storage-full` where the browser has no room for it. */
export async function keepOwnModel(base: string, id: string): Promise<void> {
  const model = handedOver.get(id);
  const store = await openKept(base);
  if (!model) return;
  try {
    if (!store) throw new Error('This browser gives the page no storage, as in a private window.');
    await store.keep(id, model);
  } catch (cause) {
    throw new OccuscopeError('storage-full', { detail: cause instanceof Error ? cause.message : String(cause), cause });
  }
}

/** Do not keep a package any longer; in this visit it stays open. */
export async function releaseOwnModel(base: string, id: string): Promise<void> {
  const model = await readOwnModel(base, id);
  if (model) handedOver.set(id, model);
  await (await openKept(base))?.remove(id);
}

/** Forget a package, here and in the browser's storage. */
export async function removeOwnModel(base: string, id: string): Promise<void> {
  handedOver.delete(id);
  await (await openKept(base))?.remove(id);
}

function measureBytes({ files }: PackageWithCard): number {
  return [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
