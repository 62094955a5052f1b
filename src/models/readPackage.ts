import { OccuscopeError } from '../errors/catalogue.ts';
import { parseManifest } from './manifest.ts';
import { checkRecipe } from './recipe.ts';
import { findFileFault } from './verifiedFiles.ts';
import { ZIP_LIMITS, type ZipModel } from './zipPackage.ts';

/**
 * Read a model package from a folder that somebody handed over; `read` gives the file at a path, or null.
 * Files of another size than the manifest claims are not read at all.
 * Throws `model-package-invalid`, `model-manifest-invalid` or `model-file-corrupt`, each naming every file concerned.
 */
export async function readModelPackage(read: (path: string) => Promise<Blob | null>): Promise<ZipModel> {
  const manifest = parseManifest(parseJson(await readText(read, 'manifest.json')));
  checkRecipe(manifest);
  const claims = Object.entries(manifest.files);
  const total = claims.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  if (total > ZIP_LIMITS.unpackedBytes) {
    throw invalid(`Its files take ${total} bytes; ${ZIP_LIMITS.unpackedBytes} may.`);
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const faults: string[] = [];
  for (const [name, claim] of claims) {
    const file = await read(name);
    if (!file) faults.push(`${name} is listed in the manifest and not in the package.`);
    else if (file.size !== claim.bytes) faults.push(`${name} has ${file.size} bytes where ${claim.bytes} are claimed.`);
    else files.set(name, new Uint8Array(await file.arrayBuffer()));
  }
  if (faults.length > 0) throw invalid(faults.join('\n'));
  for (const [name, claim] of claims) {
    const fault = await findFileFault(claim, files.get(name)!);
    if (fault !== null) throw new OccuscopeError('model-file-corrupt', { detail: `${name} ${fault}.` });
  }
  return { manifest, files, cardText: manifest.card ? await readText(read, manifest.card) : null };
}

async function readText(read: (path: string) => Promise<Blob | null>, name: string): Promise<string> {
  const file = await read(name);
  if (!file) throw invalid(`It has no ${name}.`);
  if (file.size > ZIP_LIMITS.textBytes) throw invalid(`${name} is larger than ${ZIP_LIMITS.textBytes} bytes.`);
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
