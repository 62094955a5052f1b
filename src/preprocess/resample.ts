/** Fractional bits of the fixed-point weights; with 8-bit pixels every sum stays inside 32 bits. */
export const WEIGHT_BITS = 22;

/** Weights of one axis of a resize. Output i reads inputs starts[i] .. starts[i] + counts[i] - 1. */
export interface FilterTaps {
  /** Row length of `weights`; rows with fewer taps are padded with zeros. */
  readonly tapsPerOutput: number;
  readonly starts: Uint32Array;
  readonly counts: Uint32Array;
  /** Fixed point with WEIGHT_BITS fractional bits, [output][tap]. */
  readonly weights: Int32Array;
}

/** Cubic convolution kernel with a = -0.5 (Keys 1981), the one that Pillow calls BICUBIC. */
function evaluateBicubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/**
 * Weights that resize one axis from `inputSize` to `outputSize` samples, for outputs `first` .. `first + count - 1`.
 *
 * Antialiased bicubic: when shrinking, the kernel is stretched by the scale. Support, centre, normalisation and the rounding to
 * fixed point are those of Pillow's `Image.resize` on 8-bit images, so that results agree with it bit for bit.
 * An axis that keeps its size gets a single weight of one per output: an exact copy.
 */
export function planTaps(inputSize: number, outputSize: number, first = 0, count = outputSize): FilterTaps {
  const scale = inputSize / outputSize;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const tapsPerOutput = Math.ceil(support) * 2 + 1;
  const starts = new Uint32Array(count);
  const counts = new Uint32Array(count);
  const weights = new Int32Array(count * tapsPerOutput);
  for (let output = 0; output < count; output++) {
    const centre = (first + output + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), inputSize);
    starts[output] = start;
    counts[output] = end - start;
    writeWeights(weights.subarray(output * tapsPerOutput, (output + 1) * tapsPerOutput), start, end, centre, stretch);
  }
  return { tapsPerOutput, starts, counts, weights };
}

function writeWeights(weights: Int32Array, start: number, end: number, centre: number, stretch: number): void {
  const values: number[] = [];
  let sum = 0;
  for (let input = start; input < end; input++) {
    const value = evaluateBicubic((input - centre + 0.5) / stretch);
    values.push(value);
    sum += value;
  }
  values.forEach((value, tap) => {
    const scaled = (value / sum) * 2 ** WEIGHT_BITS;
    weights[tap] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  });
}

/** Round a fixed-point sum to the nearest grey level, 0..255. */
export function roundToByte(sum: number): number {
  return Math.min(Math.max((sum + 2 ** (WEIGHT_BITS - 1)) >> WEIGHT_BITS, 0), 255);
}
