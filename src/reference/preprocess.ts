import type { PreprocessPlan } from '../preprocess/plan.ts';
import { checkSourceSize } from '../preprocess/plan.ts';
import { roundToByte } from '../preprocess/resample.ts';

/**
 * Preprocess one image on the CPU: resize, crop, normalise.
 * `rgba` holds sourceHeight x sourceWidth pixels of 4 bytes, rows top to bottom; alpha is ignored.
 * Returns one slice [3, height, width] of the network's `images` tensor.
 * Throws `image-size-unsupported` when the byte count is not that of the planned source size.
 */
export function preprocessReference(plan: PreprocessPlan, rgba: Uint8ClampedArray | Uint8Array): Float32Array {
  const rows = rgba.length / 4 / plan.sourceWidth;
  checkSourceSize(plan, plan.sourceWidth, rows, 'The image');
  const resized = resizeReference(plan, rgba);
  const area = plan.width * plan.height;
  const output = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const source = plan.sourceChannels[channel]!;
    for (let pixel = 0; pixel < area; pixel++) {
      output[channel * area + pixel] = plan.normalised[channel * 256 + resized[3 * pixel + source]!]!;
    }
  }
  return output;
}

/** Resize and crop on the CPU: RGBA bytes in, RGB bytes [height][width][3] out. Rounds to bytes between the two passes. */
export function resizeReference(plan: PreprocessPlan, rgba: Uint8ClampedArray | Uint8Array): Uint8Array {
  return filterColumns(plan, plan.width === plan.sourceWidth ? copyRows(plan, rgba) : filterRows(plan, rgba));
}

/** The horizontal pass when the width stays: the filter's only tap has weight one. */
function copyRows(plan: PreprocessPlan, rgba: Uint8ClampedArray | Uint8Array): Uint8Array {
  const { width, firstRow, rowCount } = plan;
  const output = new Uint8Array(rowCount * width * 3);
  for (let pixel = 0, source = 4 * firstRow * width; pixel < rowCount * width; pixel++, source += 4) {
    output[3 * pixel] = rgba[source]!;
    output[3 * pixel + 1] = rgba[source + 1]!;
    output[3 * pixel + 2] = rgba[source + 2]!;
  }
  return output;
}

function filterRows(plan: PreprocessPlan, rgba: Uint8ClampedArray | Uint8Array): Uint8Array {
  const { width, sourceWidth, firstRow, rowCount } = plan;
  const { starts, counts, weights, tapsPerOutput } = plan.horizontal;
  const output = new Uint8Array(rowCount * width * 3);
  for (let row = 0; row < rowCount; row++) {
    for (let x = 0; x < width; x++) {
      let source = 4 * ((firstRow + row) * sourceWidth + starts[x]!);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = 0; tap < counts[x]!; tap++, source += 4) {
        const weight = weights[x * tapsPerOutput + tap]!;
        red += weight * rgba[source]!;
        green += weight * rgba[source + 1]!;
        blue += weight * rgba[source + 2]!;
      }
      const target = 3 * (row * width + x);
      output[target] = roundToByte(red);
      output[target + 1] = roundToByte(green);
      output[target + 2] = roundToByte(blue);
    }
  }
  return output;
}

function filterColumns(plan: PreprocessPlan, rows: Uint8Array): Uint8Array {
  const { width, height } = plan;
  const { starts, counts, weights, tapsPerOutput } = plan.vertical;
  const stride = 3 * width;
  const output = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    for (let column = 0; column < stride; column++) {
      let sum = 0;
      for (let tap = 0; tap < counts[y]!; tap++) {
        sum += weights[y * tapsPerOutput + tap]! * rows[(starts[y]! + tap) * stride + column]!;
      }
      output[y * stride + column] = roundToByte(sum);
    }
  }
  return output;
}
