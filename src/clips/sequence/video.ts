import type { CameraImage } from '../../domain/clip.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import type { CameraMedia } from './cameraMedia.ts';

/** More pictures than this in one video is more than ten hours at 30 Hz. */
const mostPictures = 1_100_000;

/**
 * Open a video as one camera; its clock starts at 0 with its own first timestamp kept. Pictures are decoded one by one when asked for.
 * Throws `video-unreadable` where the browser lacks WebCodecs or the codec, or the file is no video.
 */
export async function openVideo(blob: Blob, name: string): Promise<CameraMedia> {
  if (typeof VideoDecoder === 'undefined') {
    refuse(name, 'this browser has no WebCodecs, which decode videos; images work in every browser');
  }
  const { ALL_FORMATS, BlobSource, CanvasSink, EncodedPacketSink, Input } = await import('mediabunny');
  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track) refuse(name, 'it has no video track');
    if (!(await track.canDecode())) {
      const codec = (await track.getCodecParameterString()) ?? (await track.getCodec()) ?? 'unknown';
      refuse(name, `this browser cannot decode its codec ${codec}`);
    }
    const seconds = await listTimestamps(new EncodedPacketSink(track), name);
    const sink = new CanvasSink(track, { poolSize: 0 });
    // One picture after another: every request decodes from the key frame before it.
    let tail: Promise<unknown> = Promise.resolve();
    return {
      times: Float64Array.from(seconds, (value) => Math.round(value * 1e6)),
      describe: (index) => `${name} at ${seconds[index]!.toFixed(3)} s`,
      read(index) {
        const picture = tail.then(() => readPicture(sink, seconds[index]!, name));
        tail = picture.catch(() => undefined);
        return picture;
      },
      close: () => input.dispose(),
    };
  } catch (cause) {
    input.dispose();
    if (cause instanceof OccuscopeError) throw cause;
    throw new OccuscopeError('video-unreadable', { detail: `${name}: ${(cause as Error).message}`, cause });
  }
}

type PacketSink = InstanceType<typeof import('mediabunny')['EncodedPacketSink']>;
type PictureSink = InstanceType<typeof import('mediabunny')['CanvasSink']>;

/** Times of all pictures in the order they are shown, without reading the pictures. */
async function listTimestamps(sink: PacketSink, name: string): Promise<number[]> {
  const seconds: number[] = [];
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    // Pictures before 0 are decoded but not shown.
    if (packet.timestamp >= 0) seconds.push(packet.timestamp);
    if (seconds.length > mostPictures) refuse(name, 'it is longer than ten hours');
  }
  if (seconds.length === 0) refuse(name, 'it has no pictures');
  seconds.sort((a, b) => a - b);
  return seconds.filter((value, index) => value !== seconds[index - 1]);
}

async function readPicture(sink: PictureSink, seconds: number, name: string): Promise<CameraImage> {
  try {
    // The last picture at or before this time: half a millisecond more, since containers round.
    const wrapped = await sink.getCanvas(seconds + 0.0005);
    if (!wrapped) throw new Error('no picture at this time');
    const { canvas } = wrapped;
    const pixels = await createImageBitmap(canvas, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    return { width: pixels.width, height: pixels.height, pixels };
  } catch (cause) {
    throw new OccuscopeError('image-decode-failed', { detail: `${name} at ${seconds.toFixed(3)} s.`, cause });
  }
}

function refuse(name: string, fault: string): never {
  throw new OccuscopeError('video-unreadable', { detail: `${name}: ${fault}.` });
}
