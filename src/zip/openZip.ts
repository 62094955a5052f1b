import { OccuscopeError } from '../errors/catalogue.ts';
import { markContent } from './contentMark.ts';
import { findEntries, headerBytes, measureHeader, type ZipEntry, ZipFault } from './parseDirectory.ts';

/** What an archive may ask of the visitor's memory. */
export interface ZipLimits {
  readonly entries: number;
  /** One file, unpacked. */
  readonly fileBytes: number;
}

export const ARCHIVE_LIMITS: ZipLimits = { entries: 200_000, fileBytes: 2 ** 30 };

/** A zip whose files are unpacked one at a time. */
export interface ZipArchive {
  /** Name to unpacked bytes; folders are left out. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The file, its checksum as its content mark, or null where there is none. A stored file is a slice of the archive: nothing is copied. */
  read(name: string): Promise<Blob | null>;
}

/**
 * Open an archive of any size by its table of contents; only that is read.
 * Names that lead out of it, doubled names and entries over the limits are refused as a whole, and a file that unpacks to another size
 * than it claims when it is read, after at most that many bytes. Throws `archive-invalid`.
 */
export async function openZip(archive: Blob, limits: ZipLimits = ARCHIVE_LIMITS): Promise<ZipArchive> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of await readDirectory(archive, limits.entries)) {
    if (entry.name.endsWith('/')) continue;
    checkEntry(entry, limits);
    if (entries.has(entry.name)) throw invalid(`${entry.name} is in it twice.`);
    entries.set(entry.name, entry);
  }
  return {
    sizes: new Map([...entries].map(([name, { size }]) => [name, size])),
    async read(name) {
      const entry = entries.get(name);
      return entry ? markContent(await unpack(archive, entry), `crc ${entry.crc}`) : null;
    },
  };
}

/** Only the archive's end and its table of contents are read. */
async function readDirectory(archive: Blob, mostEntries: number): Promise<ZipEntry[]> {
  const parts = findEntries(archive.size, mostEntries);
  try {
    let step = parts.next();
    while (!step.done) {
      const { from, bytes } = step.value;
      step = parts.next(new DataView(await archive.slice(from, from + bytes).arrayBuffer()));
    }
    return step.value;
  } catch (cause) {
    if (cause instanceof ZipFault) throw invalid(`It ${cause.message}.`);
    throw cause;
  }
}

/** Deflate packs at most 1032 bytes into one. */
const largestRatio = 1032;

function checkEntry({ name, size, packedSize, method, isEncrypted }: ZipEntry, limits: ZipLimits): void {
  if (/^[/\\]|\\|^[a-z]:|(^|\/)\.\.(\/|$)|\0/i.test(name)) {
    throw invalid(`The name ${JSON.stringify(name)} leads out of the archive.`);
  }
  if (size > limits.fileBytes) throw invalid(`${name} unpacks to ${size} bytes; ${limits.fileBytes} may be.`);
  if (method === 8 && size > packedSize * largestRatio)
    throw invalid(`${name} claims more bytes than deflate can pack.`);
  if (isEncrypted) throw invalid(`${name} is locked with a password.`);
  if (method !== 0 && method !== 8) throw invalid(`${name} is packed by method ${method}; only deflate is read.`);
}

async function unpack(archive: Blob, { name, offset, packedSize, size, method }: ZipEntry): Promise<Blob> {
  const skipped = measureHeader(new DataView(await archive.slice(offset, offset + headerBytes).arrayBuffer()));
  if (skipped === null) throw invalid(`${name} is not where it should be.`);
  const start = offset + skipped;
  const packed = archive.slice(start, start + packedSize);
  if (packed.size !== packedSize) throw invalid(`${name} is cut short.`);
  if (method === 0) {
    if (packedSize !== size) throw invalid(`${name} has ${packedSize} bytes and claims ${size}.`);
    return packed;
  }
  return new Blob([await inflate(packed, size, name)]);
}

/** Inflate into a buffer of the claimed size; the first byte over it ends the work. */
async function inflate(packed: Blob, size: number, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (length + value.byteLength > size) throw invalid(`${name} unpacks to more than the ${size} bytes it claims.`);
      bytes.set(value, length);
      length += value.byteLength;
    }
  } catch (cause) {
    await reader.cancel().catch(() => undefined);
    if (cause instanceof OccuscopeError) throw cause;
    throw invalid(`${name} is damaged: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
  if (length !== size) throw invalid(`${name} unpacks to ${length} bytes and claims ${size}.`);
  return bytes;
}

function invalid(detail: string, cause?: unknown): OccuscopeError {
  return new OccuscopeError('archive-invalid', { detail, cause });
}
