/** Images that belong to one key frame: an image index for each camera (-1 = none near enough), and the first camera's time. */
export interface Moment {
  readonly timeMicroseconds: number;
  readonly images: readonly number[];
}

/** Key frames of a sequence, and what was left out. */
export interface Grouping {
  readonly moments: readonly Moment[];
  /** Key frames for which a camera had no image near enough and that were not kept. */
  readonly leftOut: number;
  /** Those that were kept all the same. */
  readonly incomplete: number;
  /** For each camera, for how many key frames it had none. */
  readonly missing: readonly number[];
}

export interface GroupOptions {
  /** Key frames per second. */
  readonly rate: number;
  /** Farthest that an image may be from the first camera's, microseconds. */
  readonly longestGap: number;
  /** Keep key frames for which a camera has no image near enough. */
  readonly keepsGaps?: boolean;
}

/**
 * Choose key frames at a steady rate among the first camera's images and add the nearest image of every other camera.
 * `times`: for each camera its image times in microseconds, ascending. A rate above the first camera's own keeps all its images.
 */
export function groupFrames(
  times: readonly Float64Array[],
  { rate, longestGap, keepsGaps = false }: GroupOptions,
): Grouping {
  const [first] = times;
  const missing = times.map(() => 0);
  if (!first || first.length === 0) return { moments: [], leftOut: 0, incomplete: 0, missing };
  const moments: Moment[] = [];
  let leftOut = 0;
  let incomplete = 0;
  for (const index of chooseKeyFrames(first, rate)) {
    const time = first[index]!;
    const nearest = times.map((own, camera) => (camera === 0 ? index : findNearest(own, time)));
    const gaps = nearest.map((image, camera) =>
      image < 0 ? Number.POSITIVE_INFINITY : Math.abs(times[camera]![image]! - time),
    );
    gaps.forEach((gap, camera) => {
      if (gap > longestGap) missing[camera]! += 1;
    });
    const hasGap = gaps.some((gap) => gap > longestGap);
    if (hasGap && keepsGaps) incomplete += 1;
    else if (hasGap) leftOut += 1;
    if (hasGap && !keepsGaps) continue;
    moments.push({
      timeMicroseconds: time,
      images: nearest.map((image, camera) => (gaps[camera]! > longestGap ? -1 : image)),
    });
  }
  return { moments, leftOut, incomplete, missing };
}

/** Indices of the images nearest to a steady clock that starts with the first one; each at most once. */
export function chooseKeyFrames(times: Float64Array, rate: number): number[] {
  const step = 1e6 / rate;
  const chosen: number[] = [];
  let tick = 0;
  let index = 0;
  while (index < times.length) {
    const wanted = times[0]! + tick * step;
    while (index + 1 < times.length && Math.abs(times[index + 1]! - wanted) < Math.abs(times[index]! - wanted))
      index += 1;
    // The recording ended before this tick.
    if (times[index]! < wanted - step / 2) break;
    chosen.push(index);
    index += 1;
    if (index >= times.length) break;
    // A pause in the recording: the clock goes on with the next image.
    tick = Math.max(tick + 1, Math.round((times[index]! - times[0]!) / step));
  }
  return chosen;
}

/** Index of the value nearest to `time` in an ascending list; -1 where it is empty. */
export function findNearest(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs(times[high]! - time) < Math.abs(times[low]! - time) ? high : low;
}
