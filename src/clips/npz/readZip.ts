import { Inflate } from 'fflate';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { computeCrc32 } from './crc32.ts';

/** One member of a zip, as its table of contents describes it. */
export interface ZipMember {
  readonly name: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly isDeflated: boolean;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly headerStart: number;
}

/** What one archive may ask of the visitor's memory. */
export interface ZipReadLimits {
  readonly members: number;
  /** Unpacked bytes of one member. */
  readonly memberBytes: number;
}

/** Far above any array of labels that a browser can draw: 512 MiB is 400 Occ3D flow grids. */
export const ARRAY_ZIP_LIMITS: ZipReadLimits = { members: 10_000, memberBytes: 2 ** 29 };

/** A deflated byte stands for at most this many. */
const HIGHEST_RATIO = 1032;

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const memberSignature = 0x02014b50;
const localSignature = 0x04034b50;
const unknown32 = 0xffffffff;

/**
 * The table of contents of a zip (stored or deflated members, zip64 sizes too); nothing is unpacked.
 * Throws `array-file-invalid`; `label` names the file in messages. Source: PKWARE APPNOTE 6.3.
 */
export function listZipMembers(bytes: Uint8Array, label: string, limits = ARRAY_ZIP_LIMITS): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start } = findDirectory(view, label);
  if (count > limits.members) throw refuse(label, `holds ${count} members; ${limits.members} may be read`);
  const members: ZipMember[] = [];
  let position = start;
  for (let index = 0; index < count; index++) {
    if (position + 46 > bytes.byteLength || view.getUint32(position, true) !== memberSignature)
      throw refuse(label, 'is a zip with a damaged table of contents');
    const nameBytes = view.getUint16(position + 28, true);
    const extraBytes = view.getUint16(position + 30, true);
    const next = position + 46 + nameBytes + extraBytes + view.getUint16(position + 32, true);
    if (next > bytes.byteLength) throw refuse(label, 'ends inside its table of contents');
    members.push(readMember(view, position, nameBytes, extraBytes, label));
    position = next;
  }
  return members;
}

/**
 * The bytes of one member. Never more than the size that the table of contents claims is kept, and reading stops there.
 * Throws `array-file-invalid` where the member is cut off, encrypted, packed in another way, or fails its checksum.
 */
export function readZipMember(
  bytes: Uint8Array,
  member: ZipMember,
  label: string,
  limits = ARRAY_ZIP_LIMITS,
): Uint8Array<ArrayBuffer> {
  const name = `${label}/${member.name}`;
  if (member.isEncrypted) throw refuse(name, 'is encrypted');
  if (member.bytes > limits.memberBytes)
    throw refuse(name, `claims ${member.bytes} bytes unpacked; ${limits.memberBytes} may be read`);
  const packed = findPacked(bytes, member, name);
  // Checked before a buffer of that size is made.
  if (member.bytes > (member.isDeflated ? packed.length * HIGHEST_RATIO : packed.length))
    throw refuse(name, `claims ${member.bytes} bytes, which its ${packed.length} packed bytes cannot hold`);
  const unpacked = member.isDeflated ? inflate(packed, member.bytes, name) : packed.slice();
  if (unpacked.byteLength !== member.bytes)
    throw refuse(name, `unpacks to ${unpacked.byteLength} of ${member.bytes} bytes`);
  if (computeCrc32(unpacked) !== member.crc) throw refuse(name, 'fails its checksum');
  return unpacked;
}

/** The first `count` bytes of a member (all of it where it is shorter), without unpacking the rest. Throws as `readZipMember` does, checksum aside. */
export function peekZipMember(bytes: Uint8Array, member: ZipMember, label: string, count: number): Uint8Array {
  const name = `${label}/${member.name}`;
  if (member.isEncrypted) throw refuse(name, 'is encrypted');
  const packed = findPacked(bytes, member, name);
  return member.isDeflated ? inflate(packed, Math.min(count, member.bytes), name, true) : packed.subarray(0, count);
}

function findDirectory(view: DataView, label: string): { count: number; start: number } {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  let end = view.byteLength - 22;
  while (end >= lowest && view.getUint32(end, true) !== endSignature) end -= 1;
  if (end < lowest) throw refuse(label, 'is no readable zip archive');
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count !== 0xffff && start !== unknown32) return { count, start };
  const pointer = end >= 20 ? Number(view.getBigUint64(end - 12, true)) : -1;
  if (pointer < 0 || pointer + 56 > view.byteLength || view.getUint32(pointer, true) !== end64Signature)
    throw refuse(label, 'is a zip with a damaged table of contents');
  return {
    count: Number(view.getBigUint64(pointer + 32, true)),
    start: Number(view.getBigUint64(pointer + 48, true)),
  };
}

function readMember(view: DataView, at: number, nameBytes: number, extraBytes: number, label: string): ZipMember {
  const name = new Uint8Array(view.buffer, view.byteOffset + at + 46, nameBytes);
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8)
    throw refuse(label, `has a member packed by method ${method}, not stored or deflated`);
  const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  const wide = readWideSizes(view, at + 46 + nameBytes, extraBytes);
  // Only the fields that do not fit stand in the wide list, in this order.
  const [bytes, packedBytes, headerStart] = sizes.map((size) => (size === unknown32 ? (wide.shift() ?? size) : size));
  return {
    name: new TextDecoder().decode(name),
    bytes: bytes!,
    packedBytes: packedBytes!,
    isDeflated: method === 8,
    isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
    crc: view.getUint32(at + 16, true),
    headerStart: headerStart!,
  };
}

function readWideSizes(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const fields = Math.min(view.getUint16(at + 2, true), start + length - at - 4) >> 3;
    return Array.from({ length: fields }, (_, index) => Number(view.getBigUint64(at + 4 + index * 8, true)));
  }
  return [];
}

function findPacked(bytes: Uint8Array, { headerStart, packedBytes }: ZipMember, name: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!(headerStart + 30 <= bytes.byteLength) || view.getUint32(headerStart, true) !== localSignature)
    throw refuse(name, 'does not lie where the table of contents says');
  const start = headerStart + 30 + view.getUint16(headerStart + 26, true) + view.getUint16(headerStart + 28, true);
  if (!(start + packedBytes <= bytes.byteLength)) throw refuse(name, 'is cut off');
  return bytes.subarray(start, start + packedBytes);
}

/** Deflated bytes go in by small pieces, so that a bomb is noticed before it has gone off. `isPeek` ends when `size` bytes are there. */
function inflate(packed: Uint8Array, size: number, name: string, isPeek = false): Uint8Array<ArrayBuffer> {
  const piece = isPeek ? 1 << 10 : 1 << 14;
  const unpacked = new Uint8Array(size);
  let filled = 0;
  const stream = new Inflate((chunk) => {
    if (filled + chunk.length > size && !isPeek)
      throw refuse(name, `unpacks to more than the ${size} bytes that it claims`);
    unpacked.set(chunk.subarray(0, size - filled), filled);
    filled = Math.min(size, filled + chunk.length);
  });
  try {
    for (let start = 0; start < packed.length || start === 0; start += piece) {
      stream.push(packed.subarray(start, start + piece), start + piece >= packed.length);
      if (isPeek && filled === size) break;
    }
  } catch (cause) {
    if (cause instanceof OccuscopeError) throw cause;
    throw new OccuscopeError('array-file-invalid', { detail: `${name} holds damaged deflated data.`, cause });
  }
  return unpacked.subarray(0, filled);
}

function refuse(name: string, fault: string): OccuscopeError {
  return new OccuscopeError('array-file-invalid', { detail: `${name} ${fault}.` });
}
