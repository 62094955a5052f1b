import type { CameraView } from '../domain/clip.ts';
import type { Matrix3 } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { type FilterTaps, planTaps } from './resample.ts';

/** The `images` entry of a model manifest: how the network wants its camera images. */
export interface ImagesSpec {
  /** Width and height of the network image in pixels. */
  readonly size: readonly [number, number];
  /** Resize to the full width, then drop rows from the top until the height fits. */
  readonly fit: 'width-keep-bottom';
  /** Order of the tensor's channels; `mean` and `std` are given in the same order. */
  readonly channels: 'rgb' | 'bgr';
  /** value = (pixel * scale - mean) / std, pixel in 0..255. */
  readonly scale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Everything that preprocessing images of one source size needs, computed once. */
export interface PreprocessPlan {
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Size of the network image. */
  readonly width: number;
  readonly height: number;
  /** Height after the resize, before the crop. */
  readonly resizedHeight: number;
  /** Rows dropped from the top after the resize. */
  readonly cropTop: number;
  /** First source row that the kept rows depend on, and the number of such rows. */
  readonly firstRow: number;
  readonly rowCount: number;
  /** One output per column of the network image. */
  readonly horizontal: FilterTaps;
  /** One output per row of the network image; `starts` count from `firstRow`. */
  readonly vertical: FilterTaps;
  /** Source channel (0 red, 1 green, 2 blue) of each tensor channel. */
  readonly sourceChannels: readonly [number, number, number];
  /** Normalised value of each grey level, [tensor channel][256]. A table makes the GPU and the CPU agree bit for bit. */
  readonly normalised: Float32Array;
}

/**
 * Plan the way from a source image to a network image: resize, crop, filter taps and normalisation.
 * Throws `image-size-unsupported` when the resized image has fewer rows than the network takes.
 */
export function planPreprocess(spec: ImagesSpec, sourceWidth: number, sourceHeight: number): PreprocessPlan {
  const [width, height] = spec.size;
  const resizedHeight = Math.round((sourceHeight * width) / sourceWidth);
  const cropTop = resizedHeight - height;
  if (!(cropTop >= 0)) {
    throw new OccuscopeError('image-size-unsupported', {
      detail: `A ${sourceWidth} x ${sourceHeight} image becomes ${width} x ${resizedHeight}; the model takes ${width} x ${height}.`,
    });
  }
  const absolute = planTaps(sourceHeight, resizedHeight, cropTop, height);
  const firstRow = absolute.starts[0]!;
  const rowCount = absolute.starts[height - 1]! + absolute.counts[height - 1]! - firstRow;
  return {
    sourceWidth,
    sourceHeight,
    width,
    height,
    resizedHeight,
    cropTop,
    firstRow,
    rowCount,
    horizontal: planTaps(sourceWidth, width),
    vertical: { ...absolute, starts: absolute.starts.map((start) => start - firstRow) },
    sourceChannels: spec.channels === 'rgb' ? [0, 1, 2] : [2, 1, 0],
    normalised: tabulateNormalisation(spec),
  };
}

function tabulateNormalisation({ scale, mean, std }: ImagesSpec): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, index) => {
    const channel = Math.floor(index / 256);
    return ((index % 256) * scale - mean[channel]!) / std[channel]!;
  });
}

/**
 * Intrinsics of the network image, from a camera's stored calibration.
 * The resize maps areas: u_network = (u + 0.5) * width / sourceWidth - 0.5; v likewise, less the cropped rows.
 * Throws `image-size-unsupported` when the plan is for another source size.
 */
export function getNetworkIntrinsics(view: CameraView, plan: PreprocessPlan): Matrix3 {
  checkSourceSize(plan, view.width, view.height, view.name);
  const scaleX = plan.width / plan.sourceWidth;
  const scaleY = plan.resizedHeight / plan.sourceHeight;
  const shiftX = 0.5 * scaleX - 0.5;
  const shiftY = 0.5 * scaleY - 0.5 - plan.cropTop;
  const k = view.intrinsics;
  const map = (row: number, scale: number, shift: number) =>
    [0, 1, 2].map((column) => scale * k[3 * row + column]! + shift * k[6 + column]!);
  return Float64Array.from([...map(0, scaleX, shiftX), ...map(1, scaleY, shiftY), k[6]!, k[7]!, k[8]!]);
}

/** Throw `image-size-unsupported` unless an image of this size is what the plan was made for. */
export function checkSourceSize(plan: PreprocessPlan, width: number, height: number, name: string): void {
  if (width === plan.sourceWidth && height === plan.sourceHeight) return;
  throw new OccuscopeError('image-size-unsupported', {
    detail: `${name} is ${width} x ${height}; preprocessing was planned for ${plan.sourceWidth} x ${plan.sourceHeight}.`,
  });
}
