import { OccuscopeError } from '../errors/catalogue.ts';
import { parseManifest } from './manifest.ts';
import type { ModelPackage } from './openModel.ts';
import { checkRecipe } from './recipe.ts';
import { findFileFault } from './verifiedFiles.ts';

/** What a package may ask of the visitor's memory, bytes; far above any network that a browser can run. */
export interface PackageLimits {
  /** A manifest or a card. */
  readonly textBytes: number;
  /** All files that the manifest lists, together. */
  readonly unpackedBytes: number;
}

export const PACKAGE_LIMITS: PackageLimits = { textBytes: 1 << 20, unpackedBytes: 2 ** 31 };

/** A package with its model card, which has no address of its own. */
export interface PackageWithCard extends ModelPackage {
  readonly cardText: string | null;
}

/** Where a package's files are. */
export interface PackageFiles {
  /** The file at a path, or null. */
  readonly read: (path: string) => Promise<Blob | null>;
  /** Its size before it is read (unpacked), where that is known; null where there is no such file. */
  readonly sizeOf?: (path: string) => number | null;
  readonly limits?: PackageLimits;
}

/**
 * Read a model package from a folder or archive that somebody handed over.
 * Files of another size than the manifest claims are not read at all, nor unpacked.
 * Throws `model-package-invalid`, `model-manifest-invalid` or `model-file-corrupt`, each naming every file concerned.
 */
export async function readModelPackage(source: PackageFiles): Promise<PackageWithCard> {
  const { read, sizeOf, limits = PACKAGE_LIMITS } = source;
  const manifest = parseManifest(parseJson(await readText(source, 'manifest.json')));
  checkRecipe(manifest);
  const claims = Object.entries(manifest.files);
  const total = claims.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  if (total > limits.unpackedBytes) throw invalid(`Its files take ${total} bytes; ${limits.unpackedBytes} may.`);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const faults: string[] = [];
  for (const [name, claim] of claims) {
    const known = sizeOf?.(name);
    const file = known === undefined || known === claim.bytes ? await read(name) : null;
    const size = known ?? file?.size;
    if (size === undefined) faults.push(`${name} is listed in the manifest and not in the package.`);
    else if (!file || size !== claim.bytes) faults.push(`${name} has ${size} bytes where ${claim.bytes} are claimed.`);
    else files.set(name, new Uint8Array(await file.arrayBuffer()));
  }
  if (faults.length > 0) throw invalid(faults.join('\n'));
  for (const [name, claim] of claims) {
    const fault = await findFileFault(claim, files.get(name)!);
    if (fault !== null) throw new OccuscopeError('model-file-corrupt', { detail: `${name} ${fault}.` });
  }
  return { manifest, files, cardText: manifest.card ? await readText(source, manifest.card) : null };
}

async function readText({ read, sizeOf, limits = PACKAGE_LIMITS }: PackageFiles, name: string): Promise<string> {
  const isLarge = (sizeOf?.(name) ?? 0) > limits.textBytes;
  const file = isLarge ? null : await read(name);
  if (isLarge || (file && file.size > limits.textBytes))
    throw invalid(`${name} is larger than ${limits.textBytes} bytes.`);
  if (!file) throw invalid(`It has no ${name}.`);
  return await file.text();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new OccuscopeError('model-manifest-invalid', { detail: 'manifest.json is not JSON.', cause });
  }
}

function invalid(detail: string): OccuscopeError {
  return new OccuscopeError('model-package-invalid', { detail });
}
