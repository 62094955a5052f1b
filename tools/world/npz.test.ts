import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeNpz, halfBits } from './npz.ts';

describe('encodeNpz', () => {
  it('writes members that a zip reader opens and whose headers numpy understands', () => {
    const data = Uint16Array.of(1, 2, 3, 4, 5, 65535);
    const files = unzipSync(
      encodeNpz([
        { name: 'depth', type: 'uint16', shape: [2, 3], data },
        { name: 'flat', type: 'uint8', shape: [3], data: Uint8Array.of(7, 8, 9) },
      ]),
    );
    const npy = files['depth.npy']!;
    expect(npy.length % 64).toBe(12);
    const headerLength = new DataView(npy.buffer, npy.byteOffset).getUint16(8, true);
    const header = new TextDecoder('latin1').decode(npy.subarray(10, 10 + headerLength));
    expect(header.trimEnd()).toBe("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }");
    expect(Array.from(new Uint16Array(npy.slice(10 + headerLength).buffer))).toEqual(Array.from(data));
    expect(new TextDecoder('latin1').decode(files['flat.npy']!.subarray(10, 70))).toContain("'shape': (3,)");
  });

  it('refuses data that does not fill its shape', () => {
    expect(() => encodeNpz([{ name: 'a', type: 'uint8', shape: [2, 2], data: Uint8Array.of(1) }])).toThrow(
      /a: 1 values/,
    );
  });
});

describe('halfBits', () => {
  it.each([
    [0, 0],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [1e6, 0x7c00],
    [2 ** -24, 1],
    [0.333251953125, 0x3555],
    [-0.1, 0xae66],
  ])('%f', (value, expected) => {
    expect(halfBits(value)).toBe(expected);
  });
});
