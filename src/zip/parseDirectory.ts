/** One file as the table of contents names it. Sizes and offset in bytes. */
export interface ZipEntry {
  readonly name: string;
  /** 0 = stored, 8 = deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

/** A part of the archive, bytes. */
export interface ZipPart {
  readonly from: number;
  readonly bytes: number;
}

/** Where the table of contents lies in the archive, bytes. */
interface ZipDirectory {
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
}

/** What is wrong with an archive, to follow its name: `is no zip…`. Readers make their own error of it. */
export class ZipFault extends Error {}

/** Longest end record: 22 bytes and a comment of 65,535, and the 64-bit locator before it. */
const longestTail = 22 + 65_535 + 20;
/** The 64-bit end record. */
const wideEndBytes = 56;
/** Bytes of a file's own header that are needed to find where it begins. */
export const headerBytes = 30;
/** A table of contents over this is no honest archive. */
const directoryBytes = 256 << 20;
const full = 0xffff_ffff;

/**
 * The table of contents of an archive, wherever its bytes are: it asks for one part of it after the other and is handed
 * each, shorter or empty where the part lies outside. At most three parts; nothing else is read. Throws `ZipFault`.
 */
export function* findEntries(archiveBytes: number, mostEntries: number): Generator<ZipPart, ZipEntry[], DataView> {
  const end = findEnd(yield { from: Math.max(0, archiveBytes - longestTail), bytes: longestTail });
  const directory = 'wideEndAt' in end ? parseWideEnd(yield { from: end.wideEndAt, bytes: wideEndBytes }) : end;
  checkDirectory(directory, archiveBytes, mostEntries);
  return parseEntries(yield { from: directory.offset, bytes: directory.bytes }, directory.count);
}

/** The table of contents as the archive's last bytes name it, or the place of the 64-bit record that does (PKWARE APPNOTE 4.3.14 to 4.3.16). */
function findEnd(tail: DataView): ZipDirectory | { readonly wideEndAt: number } {
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== 0x06054b50 || at + 22 + tail.getUint16(at + 20, true) > tail.byteLength) continue;
    const count = tail.getUint16(at + 10, true);
    const bytes = tail.getUint32(at + 12, true);
    const offset = tail.getUint32(at + 16, true);
    const isWide = count === 0xffff || bytes === full || offset === full;
    if (!isWide || at < 20 || tail.getUint32(at - 20, true) !== 0x07064b50) return { count, offset, bytes };
    return { wideEndAt: Number(tail.getBigUint64(at - 12, true)) };
  }
  throw new ZipFault('is no zip, or is cut short');
}

/** The 64-bit end record, `wideEndBytes` long. */
function parseWideEnd(record: DataView): ZipDirectory {
  if (record.byteLength < wideEndBytes || record.getUint32(0, true) !== 0x06064b50)
    throw new ZipFault('has a damaged 64-bit table of contents');
  const read = (at: number) => Number(record.getBigUint64(at, true));
  return { count: read(32), bytes: read(40), offset: read(48) };
}

/** Refuses a table of contents that is too long for anyone or lies outside of the archive. */
function checkDirectory(directory: ZipDirectory, archiveBytes: number, mostEntries: number): void {
  const { count, offset, bytes } = directory;
  if (count > mostEntries) throw new ZipFault(`holds more than ${mostEntries} files`);
  if (bytes > directoryBytes || offset + bytes > archiveBytes)
    throw new ZipFault('has a table of contents that lies outside of it');
}

/** Every entry of a table of contents (PKWARE APPNOTE 4.3.12, with 64-bit sizes). */
function parseEntries(view: DataView, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50) throw damaged();
    const [name, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number,
    ];
    const end = at + 46 + name + extra + comment;
    if (end > view.byteLength) throw damaged();
    entries.push(parseEntry(view, at, name, extra));
    at = end;
  }
  return entries;
}

function parseEntry(view: DataView, at: number, nameLength: number, extraLength: number): ZipEntry {
  const wide = findWideSizes(view, at + 46 + nameLength, extraLength);
  // Only the fields that do not fit stand in the wide list, in this order.
  const [size, packedSize, offset] = [24, 20, 42].map((place) => {
    const value = view.getUint32(at + place, true);
    return value === full ? (wide.shift() ?? value) : value;
  }) as [number, number, number];
  return {
    name: new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength)),
    method: view.getUint16(at + 10, true),
    isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
    crc: view.getUint32(at + 16, true),
    packedSize,
    size,
    offset,
  };
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

/** Bytes from the start of a file's own header to its data, from the first `headerBytes`; null where there is no header. */
export function measureHeader(head: DataView): number | null {
  if (head.byteLength < headerBytes || head.getUint32(0, true) !== 0x04034b50) return null;
  return headerBytes + head.getUint16(26, true) + head.getUint16(28, true);
}

function damaged(): ZipFault {
  return new ZipFault('has a damaged table of contents');
}
