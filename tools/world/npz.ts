import { crc32, deflateRawSync } from 'node:zlib';

/** One array of an npz file. `float16` data is given as the raw half bits. */
export interface NpzArray {
  readonly name: string;
  readonly type: 'uint8' | 'uint16' | 'float16' | 'float32';
  readonly shape: readonly number[];
  readonly data: Uint8Array | Uint16Array | Float32Array;
}

const descriptors = { uint8: '|u1', uint16: '<u2', float16: '<f2', float32: '<f4' } as const;

function encodeNpy(array: NpzArray): Uint8Array {
  const count = array.shape.reduce((product, size) => product * size, 1);
  if (count !== array.data.length)
    throw new RangeError(`${array.name}: ${array.data.length} values do not fill shape ${array.shape}`);
  const shape = array.shape.length === 1 ? `${array.shape[0]},` : array.shape.join(', ');
  const text = `{'descr': '${descriptors[array.type]}', 'fortran_order': False, 'shape': (${shape}), }`;
  const padded = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(padded, 0x20);
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(padded - 10, 8);
  header.write(text, 10, 'latin1');
  header[padded - 1] = 0x0a;
  const { buffer, byteOffset, byteLength } = array.data;
  return Buffer.concat([header, new Uint8Array(buffer, byteOffset, byteLength)]);
}

function packArray(array: NpzArray, level: number): { plain: Uint8Array; packed: Buffer } {
  const plain = encodeNpy(array);
  return { plain, packed: deflateRawSync(plain, { level }) };
}

/** A numpy .npz archive (deflated zip of .npy version 1.0, C order, little endian). */
export function encodeNpz(arrays: readonly NpzArray[], level = 3): Uint8Array {
  const parts: Buffer[] = [];
  // Two names for the same data are deflated once.
  const packedArrays: { of: NpzArray; plain: Uint8Array; packed: Buffer }[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const array of arrays) {
    const twin = packedArrays.find(({ of }) => of.data === array.data && of.shape === array.shape);
    const { plain, packed } = twin ?? packArray(array, level);
    if (!twin) packedArrays.push({ of: array, plain, packed });
    const name = Buffer.from(`${array.name}.npy`, 'latin1');
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(0x00210000, 6);
    fields.writeUInt32LE(crc32(plain), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(plain.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(arrays.length, 8);
  end.writeUInt16LE(arrays.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** Half-precision bits of a number, rounded to nearest; beyond the range becomes infinity. */
export function halfBits(value: number): number {
  single[0] = value;
  const raw = bits[0]!;
  const sign = (raw >>> 16) & 0x8000;
  const exponent = ((raw >>> 23) & 0xff) - 112;
  const mantissa = raw & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    const shifted = (mantissa | 0x800000) >> (1 - exponent);
    return sign | ((shifted + 0x1000) >> 13);
  }
  return sign | (((exponent << 10) | (mantissa >> 13)) + ((mantissa >> 12) & 1));
}

/** Half-precision bits of many numbers; zeros, which are most of a flow grid, are free. */
export function toHalfBits(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) out[i] = halfBits(values[i]!);
  return out;
}
