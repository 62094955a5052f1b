/** What the numbers in names and files count. `frame` = numbers of frames, turned into time by a rate. */
export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds' | 'frame';

export const timeUnits: readonly TimeUnit[] = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds', 'frame'];

/** Longest number that is read as a time; longer ones are something else. */
const longestTime = 30;

/** Whether a text is a time that can be read: digits with an optional fraction. */
export function isTime(text: string): boolean {
  return text.length <= longestTime && /^-?\d+(?:\.\d+)?$/.test(text);
}

/**
 * Guess what times count: a fraction means seconds, else the number of digits of the largest says it
 * (10 for seconds since 1970, 13, 16 and 19 for smaller units); short numbers are numbers of frames.
 */
export function guessTimeUnit(texts: Iterable<string>): TimeUnit {
  let digits = 0;
  for (const text of texts) {
    if (text.includes('.')) return 'seconds';
    digits = Math.max(digits, text.replace(/^-?0*/, '').length);
  }
  if (digits >= 18) return 'nanoseconds';
  if (digits >= 15) return 'microseconds';
  if (digits >= 12) return 'milliseconds';
  return digits >= 9 ? 'seconds' : 'frame';
}

/** A time in microseconds, exact to the microsecond for whole nanoseconds since 1970 too. `rate` = frames per second. */
export function readTime(text: string, unit: TimeUnit, rate: number): number {
  const [whole = '0', fraction = ''] = text.split('.');
  switch (unit) {
    case 'nanoseconds':
      // Doubles end before nanoseconds since 1970 do.
      return Number(BigInt(whole) / 1000n) + Number(BigInt(whole) % 1000n) / 1000;
    case 'microseconds':
      return Number(text);
    case 'milliseconds':
      return Number(text) * 1000;
    case 'seconds':
      return Number(whole) * 1e6 + (whole.startsWith('-') ? -1 : 1) * Number(`0.${fraction || '0'}`) * 1e6;
    case 'frame':
      return (Number(text) / rate) * 1e6;
  }
}

/** How a time is told to people: seconds with three digits. */
export function formatSeconds(microseconds: number): string {
  return `${(microseconds / 1e6).toFixed(3)} s`;
}
