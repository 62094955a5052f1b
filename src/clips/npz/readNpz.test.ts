import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { parseNpy } from './parseNpy.ts';
import { openNpz } from './readNpz.ts';

/** A `.npy` file as numpy writes it: header padded so that the data start on a multiple of 64 bytes. */
function buildNpy(
  descriptor: string,
  shape: string,
  data: ArrayBufferView,
  options: { version?: number; fortran?: boolean } = {},
) {
  const { version = 1, fortran = false } = options;
  const text = `{'descr': ${descriptor}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const prefix = version === 1 ? 10 : 12;
  const padded = `${text.padEnd(Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix - 1)}\n`;
  const bytes = new Uint8Array(prefix + padded.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) new DataView(bytes.buffer).setUint16(8, padded.length, true);
  else new DataView(bytes.buffer).setUint32(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), prefix);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), prefix + padded.length);
  return bytes;
}

describe('parseNpy', () => {
  const cases: [string, ArrayBufferView, string, number[]][] = [
    ['|u1', new Uint8Array([0, 255]), 'uint8', [0, 255]],
    ['|i1', new Int8Array([-1, 2]), 'int8', [-1, 2]],
    ['<u2', new Uint16Array([65535, 1]), 'uint16', [65535, 1]],
    ['<i4', new Int32Array([-5, 7]), 'int32', [-5, 7]],
    ['<u4', new Uint32Array([4294967295, 1]), 'uint32', [4294967295, 1]],
    ['<i8', new BigInt64Array([-9n, 17n]), 'int64', [-9, 17]],
    [
      '<f2',
      new Uint16Array([0x3c00, 0xc100, 0x0001, 0x7c00]),
      'float16',
      [1, -2.5, 2 ** -24, Number.POSITIVE_INFINITY],
    ],
    ['<f4', new Float32Array([0.5, -2]), 'float32', [0.5, -2]],
    ['<f8', new Float64Array([0.1, 1e300]), 'float64', [0.1, 1e300]],
    ['|b1', new Uint8Array([1, 0, 1]), 'bool', [1, 0, 1]],
  ];
  test.each(cases)('reads %s in every header version', (descriptor, stored, type, values) => {
    for (const version of [1, 2, 3]) {
      const array = parseNpy(buildNpy(`'${descriptor}'`, `(${values.length},)`, stored, { version }));
      expect(array.type).toBe(type);
      expect(array.shape).toEqual([values.length]);
      expect([...array.data]).toEqual(values);
    }
  });

  test('swaps big-endian bytes', () => {
    expect([...parseNpy(buildNpy("'>i4'", '(1,)', new Uint8Array([0, 0, 1, 2]))).data]).toEqual([258]);
  });

  test('turns fortran order into C order', () => {
    // numpy: np.asfortranarray(np.arange(6).reshape(1, 2, 3)) stores 0 3 1 4 2 5.
    const array = parseNpy(buildNpy("'|u1'", '(1, 2, 3)', new Uint8Array([0, 3, 1, 4, 2, 5]), { fortran: true }));
    expect([...array.data]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('reads scalars and empty arrays', () => {
    expect(parseNpy(buildNpy("'<f4'", '()', new Float32Array([3]))).shape).toEqual([]);
    expect(parseNpy(buildNpy("'<f4'", '(0, 4)', new Float32Array(0))).data.length).toBe(0);
  });

  test.each([
    ["'<U12'", 'holds text'],
    ["'|S3'", 'holds text'],
    ["'|O'", 'pickled Python objects'],
    ["[('x', '<f4')]", 'structured'],
    ["'<c8'", 'element type c8'],
  ])('refuses %s and says why', (descriptor, message) => {
    expect(() => parseNpy(buildNpy(descriptor, '(1,)', new Uint8Array(64)))).toThrow(message);
  });

  test('refuses damaged files', () => {
    const whole = buildNpy("'<f4'", '(4,)', new Float32Array(4));
    expect(() => parseNpy(whole.subarray(0, whole.length - 1))).toThrow(OccuscopeError);
    expect(() => parseNpy(whole.subarray(0, 40))).toThrow('ends inside its header');
    expect(() => parseNpy(new Uint8Array(64))).toThrow('no .npy file');
    expect(() => parseNpy(buildNpy("'<i8'", '(1,)', new BigInt64Array([2n ** 60n])))).toThrow('53 bits');
  });
});

describe('openNpz', () => {
  const good = buildNpy("'|u1'", '(2,)', new Uint8Array([4, 5]));
  const pickled = buildNpy("'|O'", '(1,)', new Uint8Array(8));
  test.each([0, 6] as const)(
    'reads members at compression level %i and only refuses the one that is a pickle',
    (level) => {
      const archive = openNpz(
        zipSync({ 'pred.npy': good, 'gt.npy': pickled, 'note.txt': good }, { level }),
        'pred.npz',
      );
      expect(archive.names).toEqual(['pred', 'gt']);
      expect([...archive.read('pred').data]).toEqual([4, 5]);
      expect(() => archive.read('gt')).toThrow('pred.npz/gt holds pickled');
      expect(() => archive.read('semantics')).toThrow('no member semantics, only pred, gt');
    },
  );
  test('refuses what is no zip', () => {
    expect(() => openNpz(good)).toThrow('is no zip');
  });
});
