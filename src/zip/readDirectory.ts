import { OccuscopeError } from '../errors/catalogue.ts';

/** One file as the table of contents names it. Sizes and offset in bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

/** Longest end record: 22 bytes and a comment of 65,535, and the 64-bit locator before it. */
const tailBytes = 22 + 65_535 + 20;
/** A table of contents over this is no honest archive of at most 200,000 files. */
const directoryBytes = 256 << 20;
const full = 0xffff_ffff;

interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Read a zip's table of contents (PKWARE APPNOTE 4.3.12 to 4.3.16, with 64-bit sizes). Throws `archive-invalid`. */
export async function readDirectory(archive: Blob, maximumEntries: number): Promise<ZipEntry[]> {
  const directory = await findDirectory(archive);
  if (directory.count > maximumEntries) throw invalid(`It holds more than ${maximumEntries} files.`);
  if (directory.bytes > directoryBytes || directory.offset + directory.bytes > archive.size) {
    throw invalid('Its table of contents lies outside of it.');
  }
  const view = new DataView(await archive.slice(directory.offset, directory.offset + directory.bytes).arrayBuffer());
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < directory.count; index += 1) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50)
      throw invalid('Its table of contents is damaged.');
    const lengths = [
      view.getUint16(at + 28, true),
      view.getUint16(at + 30, true),
      view.getUint16(at + 32, true),
    ] as const;
    const end = at + 46 + lengths[0] + lengths[1] + lengths[2];
    if (end > view.byteLength) throw invalid('Its table of contents is damaged.');
    entries.push(readEntry(view, at, lengths[0], lengths[1]));
    at = end;
  }
  return entries;
}

function readEntry(view: DataView, at: number, nameLength: number, extraLength: number): ZipEntry {
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
  const wide = findWideSizes(view, at + 46 + nameLength, extraLength);
  const read = (place: number) => {
    const value = view.getUint32(at + place, true);
    return value === full ? (wide.shift() ?? value) : value;
  };
  const flags = view.getUint16(at + 8, true);
  const size = read(24);
  const packedSize = read(20);
  const offset = read(42);
  return { name, method: view.getUint16(at + 10, true), isEncrypted: (flags & 1) === 1, packedSize, size, offset };
}

/** The 64-bit values of an entry, in their order: size, packed size, offset; only those that are there. */
function findWideSizes(view: DataView, start: number, length: number): number[] {
  const values: number[] = [];
  for (let at = start; at + 4 <= start + length; ) {
    const id = view.getUint16(at, true);
    const end = Math.min(at + 4 + view.getUint16(at + 2, true), start + length);
    for (let place = at + 4; id === 1 && place + 8 <= end; place += 8)
      values.push(Number(view.getBigUint64(place, true)));
    at = Math.max(end, at + 4);
  }
  return values;
}

async function findDirectory(archive: Blob): Promise<Directory> {
  const tailStart = Math.max(0, archive.size - tailBytes);
  const view = new DataView(await archive.slice(tailStart).arrayBuffer());
  for (let at = view.byteLength - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== 0x06054b50 || at + 22 + view.getUint16(at + 20, true) > view.byteLength) continue;
    const own = {
      count: view.getUint16(at + 10, true),
      bytes: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    const isWide = own.count === 0xffff || own.bytes === full || own.offset === full;
    if (!isWide || at < 20 || view.getUint32(at - 20, true) !== 0x07064b50) return own;
    return await readWideDirectory(archive, Number(view.getBigUint64(at - 12, true)));
  }
  throw invalid('It is no zip, or it is cut short.');
}

async function readWideDirectory(archive: Blob, offset: number): Promise<Directory> {
  const view = new DataView(await archive.slice(offset, offset + 56).arrayBuffer());
  if (view.byteLength < 56 || view.getUint32(0, true) !== 0x06064b50)
    throw invalid('Its 64-bit table of contents is damaged.');
  const read = (at: number) => Number(view.getBigUint64(at, true));
  return { count: read(32), bytes: read(40), offset: read(48) };
}

function invalid(detail: string): OccuscopeError {
  return new OccuscopeError('archive-invalid', { detail });
}
