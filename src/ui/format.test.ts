import { expect, test } from 'vitest';
import { formatBytes, formatClipTime, formatMilliseconds } from './format.ts';

test.each([
  [999, '999 B'],
  [6219, '6 kB'],
  [16_758_545, '16.8 MB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0.1234, '0.12 ms'],
  [18.26, '18.3 ms'],
  [10_397, '10.40 s'],
])('%d milliseconds are %s', (milliseconds, text) => expect(formatMilliseconds(milliseconds)).toBe(text));

test.each([
  [0, '0:00.0'],
  [7.5, '0:07.5'],
  [61.04, '1:01.0'],
])('%d seconds into a clip are %s', (seconds, text) => expect(formatClipTime(seconds)).toBe(text));
