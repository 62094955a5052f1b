import type { CameraImage } from '../domain/clip.ts';
import type { CameraSight, ImageLight, SightVerdict } from '../stores/sightStore.ts';

/** Luminance (0 to 255) below which a pixel is near black, and from which it is saturated. */
const NEAR_BLACK = 16;
const SATURATED = 250;

/**
 * Where a quarter of what the shipped network says of a camera's classes changes: real day frames were darkened and overexposed in linear
 * light with sensor noise, and compared with what the network says of the frames as they are (docs/camera-confidence.md).
 */
export const LIGHT_LIMITS = { darkestMean: 25, mostNearBlack: 1 / 3, mostSaturated: 0.55 } as const;

/** Pixels that are looked at: few enough to be free, enough for shares to be good to a per cent. */
const LOOK = { width: 88, height: 32 } as const;

/** Measure RGBA pixels. */
export function measureLight(pixels: ArrayLike<number>): ImageLight {
  const count = pixels.length / 4;
  let [sum, dark, bright] = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    const luminance = 0.2126 * pixels[at]! + 0.7152 * pixels[at + 1]! + 0.0722 * pixels[at + 2]!;
    sum += luminance;
    if (luminance < NEAR_BLACK) dark++;
    if (luminance >= SATURATED) bright++;
  }
  return { mean: sum / count, nearBlack: dark / count, saturated: bright / count };
}

export function judgeLight({ mean, nearBlack, saturated }: ImageLight): SightVerdict {
  if (mean < LIGHT_LIMITS.darkestMean || nearBlack > LIGHT_LIMITS.mostNearBlack) return 'too-dark';
  return saturated > LIGHT_LIMITS.mostSaturated ? 'too-bright' : 'clear';
}

/** Rows that a network with images of `imageSize` sees of an image: it drops rows from the top. Without a network, all of them. */
export function findSeenRows(
  { width, height }: Pick<CameraImage, 'width' | 'height'>,
  imageSize: readonly [number, number] | null,
): { readonly top: number; readonly count: number } {
  const count = imageSize ? Math.min(height, Math.round((imageSize[1] * width) / imageSize[0])) : height;
  return { top: height - count, count };
}

/** Judge an image, or the lack of one (`null`). */
export function judgeSight(
  image: CameraImage | null,
  imageSize: readonly [number, number] | null,
): Pick<CameraSight, 'verdict' | 'light' | 'badge'> {
  const light = image && lookAt(image, imageSize);
  const verdict = light ? judgeLight(light) : 'no-image';
  return { verdict, light, badge: describeVerdict(verdict, light) };
}

function describeVerdict(verdict: SightVerdict, light: ImageLight | null): CameraSight['badge'] {
  if (verdict === 'clear') return null;
  if (!light) {
    const explanation = 'This image could not be opened: the network predicts nothing for this frame.';
    return { text: 'no image', explanation };
  }
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const isDark = verdict === 'too-dark';
  const { darkestMean, mostNearBlack, mostSaturated } = LIGHT_LIMITS;
  const explanation =
    `What the network sees of this image has a mean luminance of ${Math.round(light.mean)} of 255; ` +
    `${percent(light.nearBlack)} of it is near black, ${percent(light.saturated)} saturated. ` +
    `${isDark ? `Below a mean of ${darkestMean}, or with more than ${percent(mostNearBlack)} near black,` : `With more than ${percent(mostSaturated)} saturated,`} ` +
    'the network changes its mind about a quarter of what it sees or more. The prediction is shown all the same.';
  return { text: isDark ? 'low confidence: too dark' : 'low confidence: too bright (glare)', explanation };
}

/** Images stay the same while they are kept: each is measured once for each crop. */
const measured = new WeakMap<CameraImage, Map<string, ImageLight>>();
let canvas: OffscreenCanvas | null = null;

function lookAt(image: CameraImage, imageSize: readonly [number, number] | null): ImageLight {
  const key = String(imageSize);
  const known = measured.get(image) ?? new Map<string, ImageLight>();
  measured.set(image, known);
  const light = known.get(key) ?? measureLight(readPixels(image, imageSize));
  known.set(key, light);
  return light;
}

function readPixels(image: CameraImage, imageSize: readonly [number, number] | null): ArrayLike<number> {
  const { width, pixels } = image;
  const { top, count } = findSeenRows(image, imageSize);
  if (pixels instanceof Uint8ClampedArray) return pixels.subarray(4 * top * width, 4 * (top + count) * width);
  canvas ??= new OffscreenCanvas(LOOK.width, LOOK.height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!context) throw new Error('This browser gives no 2D canvas.');
  context.drawImage(pixels, 0, top, width, count, 0, 0, LOOK.width, LOOK.height);
  return context.getImageData(0, 0, LOOK.width, LOOK.height).data;
}
