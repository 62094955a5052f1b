/** One array of a `.npy` or `.npz` file, C order. `float16` data are given as the raw half bits. */
export interface ArrayToWrite {
  readonly name: string;
  readonly type: keyof typeof descriptors;
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array | Float64Array;
}

const descriptors = {
  bool: '|b1',
  uint8: '|u1',
  int16: '<i2',
  uint16: '<u2',
  int32: '<i4',
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
} as const;

/** What packs the bytes: Node's zlib in tools, fflate in the browser. */
export interface Packer {
  deflateRaw(bytes: Uint8Array): Uint8Array;
  crc32(bytes: Uint8Array): number;
}

/** A `.npy` file, version 1.0, little endian, its data on a multiple of 64 bytes. Throws RangeError where data do not fill the shape. */
export function encodeNpy({ name, type, shape, data }: ArrayToWrite): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) throw new RangeError(`${name}: ${data.length} values do not fill shape ${shape}`);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descriptors[type]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength).fill(0x20, 0, start);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[start - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

interface PackedFile {
  readonly data: ArrayToWrite['data'];
  readonly shape: readonly number[];
  readonly type: ArrayToWrite['type'];
  readonly plain: Uint8Array;
  readonly packed: Uint8Array;
}

/** A numpy `.npz` archive: a zip of deflated `.npy` members, the same bytes for the same arrays. */
export function encodeNpz(arrays: readonly ArrayToWrite[], packer: Packer): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const listing: Uint8Array[] = [];
  const done: PackedFile[] = [];
  let offset = 0;
  for (const array of arrays) {
    const { data, shape, type } = array;
    // Two names for the same data are deflated once.
    let file = done.find((other) => other.data === data && other.shape === shape && other.type === type);
    if (!file) {
      const plain = encodeNpy(array);
      file = { data, shape, type, plain, packed: packer.deflateRaw(plain) };
      done.push(file);
    }
    const name = new TextEncoder().encode(`${array.name}.npy`);
    const fields = describeMember(file, packer.crc32(file.plain), name.length);
    parts.push(signed(0x04034b50, fields), name, file.packed);
    const tail = new DataView(new ArrayBuffer(14));
    tail.setUint32(10, offset, true);
    listing.push(Uint8Array.of(0x50, 0x4b, 1, 2, 0x14, 0), fields, new Uint8Array(tail.buffer), name);
    offset += 30 + name.length + file.packed.length;
  }
  return concatenate([...parts, ...listing, describeEnd(arrays.length, sumLengths(listing), offset)]);
}

/** The fields that the local header and the table of contents share; dated 1980-01-01. */
function describeMember({ plain, packed }: PackedFile, crc: number, nameLength: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, 20, true);
  view.setUint16(4, 8, true);
  view.setUint32(6, 0x00210000, true);
  view.setUint32(10, crc, true);
  view.setUint32(14, packed.length, true);
  view.setUint32(18, plain.length, true);
  view.setUint16(22, nameLength, true);
  return new Uint8Array(view.buffer);
}

function describeEnd(count: number, listingBytes: number, offset: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(22));
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, listingBytes, true);
  view.setUint32(16, offset, true);
  return new Uint8Array(view.buffer);
}

function signed(signature: number, fields: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, signature, true);
  return concatenate([new Uint8Array(view.buffer), fields]);
}

function sumLengths(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sumLengths(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
