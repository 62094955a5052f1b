import type { Score } from '../../metrics/model.ts';
import { METRICS, type MetricId } from '../../metrics/registry.ts';
import type { Measured } from '../../stores/metricsStore.ts';

/** What a report is about. */
export interface ReportSubject {
  readonly clip: string;
  readonly model: string;
  readonly title: string;
  readonly backend: string;
  /** Indices of the measured frames, ascending. */
  readonly frames: readonly number[];
  readonly totalFrames: number;
  readonly measured: Measured;
}

/** Fractions in per cent as the papers print them, speeds in m/s; a dash where there is nothing to score. */
export function formatScore(score: Score, unit: 'fraction' | 'm/s'): string {
  if (score === null) return '–';
  return unit === 'fraction' ? (score * 100).toFixed(1) : score.toFixed(2);
}

/** Counts and scores of all measured frames; holds no address, path or pixel. */
export function formatJson({ measured, frames, ...subject }: ReportSubject): string {
  const { counts, summary } = measured;
  const scores = Object.fromEntries(METRICS.map(({ id, read }) => [id, read(summary)]));
  return JSON.stringify({ format: 'occuscope-metrics/1', ...subject, frames, scores, summary, counts }, null, 2);
}

/** A table of every metric, then one of the classes. */
export function formatMarkdown({ clip, title, frames, totalFrames, measured }: ReportSubject): string {
  const { summary } = measured;
  const rows = METRICS.map(
    ({ title: name, unit, read }) =>
      `| ${name} | ${formatScore(read(summary), unit)} | ${unit === 'fraction' ? '%' : unit} |`,
  );
  const classes = (summary.camera ?? summary.all)?.perClass ?? [];
  const perClass = classes.map(
    ({ name, iou, precision, recall, truth }) =>
      `| ${name} | ${[iou, precision, recall].map((score) => formatScore(score, 'fraction')).join(' | ')} | ${truth} |`,
  );
  return [
    `${title} on ${clip}, ${frames.length} of ${totalFrames} frames.`,
    '',
    '| metric | value | unit |',
    '|---|---:|---|',
    ...rows,
    '',
    '| class | IoU % | precision % | recall % | voxels |',
    '|---|---:|---:|---:|---:|',
    ...perClass,
    '',
  ].join('\n');
}

/** The columns that papers print, in their order. */
const latexColumns: readonly MetricId[] = [
  'miou',
  'miou-dynamic',
  'iou',
  'ray-iou',
  'ray-iou-1',
  'ray-iou-2',
  'ray-iou-4',
  'mave-tp',
  'occ-score',
  'mstcv',
];

/** One row for a paper's table, with a comment that names its columns. */
export function formatLatexRow({ title, measured }: ReportSubject): string {
  const chosen = latexColumns.map((id) => METRICS.find((metric) => metric.id === id)!);
  const values = chosen.map(({ unit, read }) => formatScore(read(measured.summary), unit).replace('–', '--'));
  const escaped = title.replaceAll(/[\\{}$&#_%^~]/g, (character) =>
    character === '\\' ? '\\textbackslash{}' : `\\${character}`,
  );
  return [
    `% ${['model', ...chosen.map(({ title: name }) => name)].join(' & ')}`,
    `${[escaped, ...values].join(' & ')} \\\\`,
  ].join('\n');
}
