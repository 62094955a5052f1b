import { OccuscopeError } from '../../errors/catalogue.ts';
import type { NamedCamera } from './namePattern.ts';
import { guessTimeUnit, isTime, readTime, type TimeUnit } from './timestamps.ts';

/** Images of one camera in the order of time, no two at one time. */
export interface TimedCamera {
  readonly name: string;
  readonly paths: readonly string[];
  readonly times: Float64Array;
  readonly notes: readonly string[];
}

/** Times from a file: for each image in order, or by the name of the image. */
export type TimesFile =
  | { readonly kind: 'in-order'; readonly texts: readonly string[] }
  | { readonly kind: 'by-name'; readonly texts: ReadonlyMap<string, string> };

/**
 * Read a file of times: one a line (KITTI's `times.txt`, or dates as in KITTI's raw `timestamps.txt`), or `time,name` pairs as in
 * EuRoC's `data.csv`, in either order. Throws `sequence-invalid` naming the line.
 */
export function readTimesFile(text: string, name: string): TimesFile {
  const texts: string[] = [];
  const byName = new Map<string, string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const cells = line.split(',').map((cell) => cell.trim());
    const time = cells.map(readTimeText).find((cell) => cell !== null);
    if (time === undefined || time === null) {
      // A header without # is common.
      if (texts.length === 0 && byName.size === 0 && /[A-Za-z]/.test(line)) continue;
      refuse(`${name} line ${index + 1}: “${line.slice(0, 40)}” holds no time.`);
    }
    const image = cells.find((cell) => /\.(?:jpe?g|png|webp)$/i.test(cell));
    if (image) byName.set(image.slice(image.lastIndexOf('/') + 1), time);
    else texts.push(time);
  }
  if (byName.size > 0) return { kind: 'by-name', texts: byName };
  if (texts.length === 0) refuse(`${name} holds no time.`);
  return { kind: 'in-order', texts };
}

/** Digits as they are, exponents and dates as seconds since 1970; null for anything else. */
function readTimeText(cell: string): string | null {
  if (isTime(cell)) return cell;
  if (/^-?\d+(?:\.\d+)?e[+-]?\d{1,3}$/i.test(cell)) return Number(cell).toFixed(9);
  const date = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z?$/.exec(cell);
  if (!date) return null;
  const [year, month, day, hour, minute, second] = date.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return `${Date.UTC(year, month - 1, day, hour, minute, second) / 1000}.${date[7] ?? '0'}`;
}

/** Guess what the times of these cameras count, from the file of times where there is one. */
export function guessUnit(cameras: readonly NamedCamera[], file: TimesFile | null): TimeUnit {
  if (file) return guessTimeUnit(file.texts.values());
  return guessTimeUnit(cameras.flatMap(({ images }) => images.slice(0, 1000).map(({ timeText }) => timeText)));
}

/**
 * Give every image its time in microseconds. Images without a time in their name are numbered; `rate` turns numbers of frames into time.
 * Throws `sequence-invalid` where a file of times does not fit the images.
 */
export function timeImages(
  cameras: readonly NamedCamera[],
  options: { readonly unit: TimeUnit; readonly rate: number; readonly file: TimesFile | null },
): TimedCamera[] {
  return cameras.map((camera) => {
    const timed = camera.images.map((image, index) => {
      const text = options.file ? findTime(options.file, camera, image.path, index) : image.timeText || String(index);
      const unit = options.file || image.timeText ? options.unit : 'frame';
      return { path: image.path, time: readTime(text, unit, options.rate) };
    });
    timed.sort((a, b) => a.time - b.time);
    const kept = timed.filter(({ time }, index) => time !== timed[index - 1]?.time);
    const doubled = timed.length - kept.length;
    const notes =
      doubled > 0
        ? [
            `${camera.name}: ${doubled} ${doubled === 1 ? 'image has' : 'images have'} the time of another; the first of each is used.`,
          ]
        : [];
    return {
      name: camera.name,
      paths: kept.map(({ path }) => path),
      times: Float64Array.from(kept, ({ time }) => time),
      notes,
    };
  });
}

function findTime(file: TimesFile, camera: NamedCamera, path: string, index: number): string {
  if (file.kind === 'by-name') {
    const own = path.slice(path.lastIndexOf('/') + 1);
    return file.texts.get(own) ?? refuse(`The file of times does not name ${own}.`);
  }
  if (file.texts.length !== camera.images.length) {
    refuse(`The file of times has ${file.texts.length} times, but ${camera.name} has ${camera.images.length} images.`);
  }
  return file.texts[index]!;
}

function refuse(detail: string): never {
  throw new OccuscopeError('sequence-invalid', { detail });
}
