import { Inflate } from 'fflate';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { findEntries, headerBytes, measureHeader, type ZipEntry, ZipFault } from '../../zip/parseDirectory.ts';
import { computeCrc32 } from './crc32.ts';

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

/**
 * The table of contents of a zip (stored or deflated members, zip64 sizes too); nothing is unpacked.
 * Throws `array-file-invalid`; `label` names the file in messages.
 */
export function listZipMembers(bytes: Uint8Array, label: string, limits = ARRAY_ZIP_LIMITS): ZipEntry[] {
  const parts = findEntries(bytes.byteLength, limits.members);
  try {
    let step = parts.next();
    while (!step.done) {
      const start = Math.min(step.value.from, bytes.byteLength);
      const length = Math.min(step.value.bytes, bytes.byteLength - start);
      step = parts.next(new DataView(bytes.buffer, bytes.byteOffset + start, length));
    }
    const members = step.value;
    const strange = members.find(({ method }) => method !== 0 && method !== 8);
    if (strange) throw new ZipFault(`has a member packed by method ${strange.method}, not stored or deflated`);
    return members;
  } catch (cause) {
    throw cause instanceof ZipFault ? refuse(label, cause.message) : cause;
  }
}

/**
 * The bytes of one member. Never more than the size that the table of contents claims is kept, and reading stops there.
 * Throws `array-file-invalid` where the member is cut off, encrypted, packed in another way, or fails its checksum.
 */
export function readZipMember(
  bytes: Uint8Array,
  member: ZipEntry,
  label: string,
  limits = ARRAY_ZIP_LIMITS,
): Uint8Array<ArrayBuffer> {
  const name = `${label}/${member.name}`;
  if (member.isEncrypted) throw refuse(name, 'is encrypted');
  if (member.size > limits.memberBytes)
    throw refuse(name, `claims ${member.size} bytes unpacked; ${limits.memberBytes} may be read`);
  const packed = findPacked(bytes, member, name);
  // Checked before a buffer of that size is made.
  if (member.size > (member.method === 8 ? packed.length * HIGHEST_RATIO : packed.length))
    throw refuse(name, `claims ${member.size} bytes, which its ${packed.length} packed bytes cannot hold`);
  const unpacked = member.method === 8 ? inflate(packed, member.size, name) : packed.slice();
  if (unpacked.byteLength !== member.size)
    throw refuse(name, `unpacks to ${unpacked.byteLength} of ${member.size} bytes`);
  if (computeCrc32(unpacked) !== member.crc) throw refuse(name, 'fails its checksum');
  return unpacked;
}

/** The first `count` bytes of a member (all of it where it is shorter), without unpacking the rest. Throws as `readZipMember` does, checksum aside. */
export function peekZipMember(bytes: Uint8Array, member: ZipEntry, label: string, count: number): Uint8Array {
  const name = `${label}/${member.name}`;
  if (member.isEncrypted) throw refuse(name, 'is encrypted');
  const packed = findPacked(bytes, member, name);
  return member.method === 8 ? inflate(packed, Math.min(count, member.size), name, true) : packed.subarray(0, count);
}

function findPacked(bytes: Uint8Array, { offset, packedSize }: ZipEntry, name: string): Uint8Array {
  const skipped =
    offset + headerBytes <= bytes.byteLength
      ? measureHeader(new DataView(bytes.buffer, bytes.byteOffset + offset, headerBytes))
      : null;
  if (skipped === null) throw refuse(name, 'does not lie where the table of contents says');
  const start = offset + skipped;
  if (!(start + packedSize <= bytes.byteLength)) throw refuse(name, 'is cut off');
  return bytes.subarray(start, start + packedSize);
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
