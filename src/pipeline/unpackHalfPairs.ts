/** Value of every half-precision bit pattern; 256 kB once, instead of arithmetic for each of a million voxels. */
let table: Float32Array | null = null;

/** Turn `pack2x16float(x, y)` words into x, y, x, y, …: exact, every half is a float32. */
export function unpackHalfPairs(words: Uint32Array): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, bits) => convertHalf(bits));
  const values = new Float32Array(words.length * 2);
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    if (word === 0) continue;
    values[i * 2] = table[word & 0xffff]!;
    values[i * 2 + 1] = table[word >>> 16]!;
  }
  return values;
}

function convertHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
