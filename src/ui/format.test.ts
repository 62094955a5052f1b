import { expect, test } from 'vitest';
import { countThings, describeShare, formatBytes, formatClipTime, formatMilliseconds } from './format.ts';

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

test.each([
  [0, '0 entries'],
  [1, '1 entry'],
  [1200, '1,200 entries'],
])('%d in words', (count, text) => expect(countThings(count, 'entry', 'entries')).toBe(text));

test.each([
  [0, 8, 'None of the 8 frames of drive has one'],
  [1, 8, '1 of the 8 frames of drive has one'],
  [7, 8, '7 of the 8 frames of drive have one'],
  [8, 8, '8 of the 8 frames of drive have one'],
  [1, 1, 'The one frame of drive has one'],
  [0, 1, 'The one frame of drive has none'],
])('%d of %d frames in words', (count, total, text) => expect(describeShare(count, total, 'drive', 'one')).toBe(text));
