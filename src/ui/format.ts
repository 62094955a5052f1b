/** Bytes as people read them: `4.1 MB` (1 MB = 1,000,000 bytes). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Milliseconds, with digits that fit their size: `0.42 ms`, `18.3 ms`, `1.20 s`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(1)} ms`;
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Whole numbers with thousands separators. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB');
}

/** A number of things in words: `1 frame`, `1,200 frames`, `2 entries` where the plural is given. */
export function countThings(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** How many of a clip's frames have something: `1 of the 8 frames of my drive has a file`. `thing` with its article. */
export function describeShare(count: number, total: number, clip: string, thing: string): string {
  if (total === 1) return `The one frame of ${clip} has ${count === 1 ? thing : 'none'}`;
  if (count === 0) return `None of the ${total} frames of ${clip} has ${thing}`;
  return `${count} of the ${total} frames of ${clip} ${count === 1 ? 'has' : 'have'} ${thing}`;
}

/** Seconds since the start of a clip: `0:07.5`. */
export function formatClipTime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(1).padStart(4, '0')}`;
}
