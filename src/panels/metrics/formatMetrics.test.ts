import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../../domain/classes.ts';
import { createCounts } from '../../metrics/counts.ts';
import { summarise } from '../../metrics/summarise.ts';
import { formatJson, formatLatexRow, formatMarkdown, formatScore, type ReportSubject } from './formatMetrics.ts';

/** One frame: ten true car voxels, eight of them found, and two invented. */
function makeSubject(): ReportSubject {
  const none = createCounts(OCC3D_CLASSES);
  const confusion = Array<number>(18 * 18).fill(0);
  confusion[4 * 18 + 4] = 8;
  confusion[4 * 18 + 17] = 2;
  confusion[17 * 18 + 4] = 2;
  confusion[17 * 18 + 17] = 100;
  const counts = {
    ...none,
    frames: { predicted: 1, withTruth: 1, maskGiven: 1, maskComputed: 0 },
    confusion: { all: confusion, camera: confusion },
  };
  const measured = { counts, summary: summarise(counts, OCC3D_CLASSES) };
  return { clip: 'a', model: 'm', title: 'Street_base', backend: 'cpu', frames: [3], totalFrames: 9, measured };
}

describe('reports', () => {
  test('numbers are printed as in papers, and a dash where there is none', () => {
    expect(formatScore(0.2345, 'fraction')).toBe('23.4');
    expect(formatScore(1.2345, 'm/s')).toBe('1.23');
    expect(formatScore(null, 'fraction')).toBe('–');
  });

  test('JSON carries counts and scores that belong together', () => {
    const report = JSON.parse(formatJson(makeSubject()));
    expect(report.scores.miou).toBeCloseTo(8 / 12, 12);
    expect(report.counts.confusion.camera[4 * 18 + 4]).toBe(8);
    expect(report.frames).toEqual([3]);
    expect(report.scores['ray-iou']).toBeNull();
  });

  test('Markdown has a row for each metric and class', () => {
    const text = formatMarkdown(makeSubject());
    expect(text).toContain('| mIoU | 66.7 | % |');
    expect(text).toContain('| car | 66.7 | 80.0 | 80.0 | 10 |');
    expect(text).toContain('1 of 9 frames');
  });

  test('the LaTeX row escapes the name and has a value for each column it names', () => {
    const [columns, row] = formatLatexRow(makeSubject()).split('\n');
    expect(row).toMatch(/^Street\\_base & 66\.7 & /);
    expect(row!.split('&').length).toBe(columns!.split('&').length);
  });
});
