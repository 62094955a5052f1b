import type { VideoCodec } from 'mediabunny';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { FileTarget } from './fileTarget.ts';

interface VideoParts {
  /** Seconds at which each picture appears, from 0; the last one stays as long as the one before. */
  readonly times: readonly number[];
  readonly drawPicture: (index: number) => Promise<OffscreenCanvas>;
  readonly target: FileTarget;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Longest side of the pictures, pixels: encoders of every machine take it. */
const longestSide = 1920;

/** The kind of video that this browser can write, or null where it can write none. */
export async function findVideoKind(): Promise<{ codec: VideoCodec; extension: 'mp4' | 'webm' } | null> {
  if (typeof VideoEncoder === 'undefined') return null;
  const { getFirstEncodableVideoCodec } = await import('mediabunny');
  const codec = await getFirstEncodableVideoCodec(['avc', 'vp9', 'vp8', 'av1'], { width: 1280, height: 720 });
  return codec && { codec, extension: codec === 'avc' ? 'mp4' : 'webm' };
}

/** The sentence for browsers that cannot. */
export function describeMissingEncoder(): OccuscopeError {
  return new OccuscopeError('export-failed', {
    detail:
      'This browser cannot encode video (WebCodecs): use a recent Chrome, Edge, Safari or Firefox, or save stills.',
  });
}

/** Draw and encode every picture; frames are written while they are made. Throws `export-failed`, or an `AbortError`. */
export async function recordVideo({ times, drawPicture, target, onProgress, signal }: VideoParts): Promise<void> {
  const kind = await findVideoKind();
  if (!kind) throw describeMissingEncoder();
  const media = await import('mediabunny');
  const first = await drawPicture(0);
  const canvas = makeCanvas(first);
  const output = new media.Output({
    format: kind.extension === 'mp4' ? new media.Mp4OutputFormat() : new media.WebMOutputFormat(),
    target: new media.StreamTarget(
      new WritableStream({
        write: ({ data, position }) => target.write(data as Uint8Array<ArrayBuffer>, position),
      }),
    ),
  });
  const source = new media.CanvasSource(canvas, { codec: kind.codec, bitrate: media.QUALITY_HIGH });
  output.addVideoTrack(source);
  await output.start();
  try {
    for (const [index, time] of times.entries()) {
      signal.throwIfAborted();
      onProgress(index);
      paint(canvas, index === 0 ? first : await drawPicture(index));
      await source.add(time, findDuration(times, index));
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
}

/** Every encoder takes even sizes only. */
function makeCanvas({ width, height }: OffscreenCanvas): OffscreenCanvas {
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const even = (length: number) => Math.max(2, Math.floor((length * scale) / 2) * 2);
  return new OffscreenCanvas(even(width), even(height));
}

function paint(canvas: OffscreenCanvas, picture: OffscreenCanvas): void {
  const drawing = canvas.getContext('2d')!;
  drawing.fillStyle = '#ffffff';
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  // A legend may have grown by a row: the picture keeps its shape.
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
  drawing.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
}

/** Seconds that a picture stays. */
export function findDuration(times: readonly number[], index: number): number {
  const next = times[index + 1];
  if (next !== undefined) return next - times[index]!;
  return index > 0 ? times[index]! - times[index - 1]! : 0.5;
}
