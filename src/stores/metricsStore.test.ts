import { describe, expect, test } from 'vitest';
import { METRICS } from '../metrics/registry.ts';
import { findNextChange, findWorstFrame, METRIC_IDS, type MetricSeries } from './metricsStore.ts';

const makeSeries = (scores: readonly (number | null)[], part: Partial<MetricSeries> = {}): MetricSeries => ({
  id: 'miou',
  title: 'mIoU',
  unit: 'fraction',
  higherIsBetter: true,
  scores: new Map(scores.map((score, frame) => [frame, score])),
  ...part,
});

describe('finding failures', () => {
  test('the worst frame is the lowest score, or the highest error', () => {
    expect(findWorstFrame(makeSeries([0.5, 0.2, null, 0.4]))).toBe(1);
    expect(findWorstFrame(makeSeries([0.5, 0.2, null, 0.4], { higherIsBetter: false }))).toBe(0);
    expect(findWorstFrame(makeSeries([null, null]))).toBeNull();
  });

  test('the next change is 5 points or 0.25 m/s from the frame before', () => {
    const series = makeSeries([0.5, 0.52, 0.4, 0.41, null, 0.1, 0.3]);
    expect(findNextChange(series, 0)).toBe(2);
    expect(findNextChange(series, 2), 'a frame after one without a score has nothing to differ from').toBe(6);
    expect(findNextChange(series, 6)).toBeNull();
    expect(findNextChange(makeSeries([1, 1.2, 1.5], { unit: 'm/s' }), 0)).toBe(2);
  });
});

test('the address knows every metric of the registry', () => {
  expect([...METRIC_IDS]).toEqual(METRICS.map(({ id }) => id));
});
