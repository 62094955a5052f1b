import { crc32, deflateRawSync } from 'node:zlib';
import { type ArrayToWrite, encodeNpz as encodeWith } from '../../src/clips/npz/writeNpz.ts';

/** One array of an npz file. `float16` data is given as the raw half bits. */
export type NpzArray = ArrayToWrite;

/** A numpy .npz archive (deflated zip of .npy version 1.0, C order, little endian). */
export function encodeNpz(arrays: readonly NpzArray[], level = 3): Uint8Array {
  return encodeWith(arrays, { deflateRaw: (bytes) => deflateRawSync(bytes, { level }), crc32 });
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
