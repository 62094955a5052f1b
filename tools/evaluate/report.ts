import { z } from 'zod';
import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import { sumCounts } from '../../src/metrics/counts.ts';
import type { MetricCounts, MetricSummary } from '../../src/metrics/model.ts';
import { parseCounts } from '../../src/metrics/parseCounts.ts';
import { summarise } from '../../src/metrics/summarise.ts';

const counts = z.unknown().transform((json): MetricCounts => parseCounts(json));

const sceneSchema = z.strictObject({
  name: z.string(),
  samples: z.int().min(0),
  withoutTruth: z.int().min(0),
});

/** One finished scene, kept so that a stopped run goes on. `key` says what it was predicted with. */
const scenePartSchema = z.strictObject({
  format: z.literal('occuscope-evaluation-scene/1'),
  key: z.string(),
  ...sceneSchema.shape,
  counts,
});

export type ScenePart = z.infer<typeof scenePartSchema>;

export const runSchema = z.strictObject({
  shard: z.tuple([z.int().min(1), z.int().min(1)]),
  device: z.string(),
  /** Seconds of this run; scenes that were already done took none. */
  seconds: z.number(),
});

/** What all shares of one evaluation have in common. */
export const subjectSchema = z.strictObject({
  model: z.strictObject({ id: z.string(), manifestSha256: z.string() }),
  dataset: z.strictObject({ version: z.string(), split: z.string() }),
  backend: z.enum(['webgpu', 'cpu']),
});

export type Subject = z.infer<typeof subjectSchema>;

const reportSchema = z.strictObject({
  format: z.literal('occuscope-evaluation/1'),
  ...subjectSchema.shape,
  /** Whether every share of the split is in it. */
  complete: z.boolean(),
  samples: z.int().min(0),
  withoutTruth: z.int().min(0),
  summary: z.unknown().transform((json) => json as MetricSummary),
  scenes: z.array(sceneSchema),
  counts,
  /** How it came about; all else is the same for one run and for merged shares. */
  runs: z.array(runSchema),
});

export type Report = z.infer<typeof reportSchema>;
export type Run = Report['runs'][number];

export function parseScenePart(json: unknown): ScenePart {
  return scenePartSchema.parse(json);
}

export function parseReport(json: unknown): Report {
  return reportSchema.parse(json);
}

/** Report on finished scenes, in the order of their names. */
export function makeReport(subject: Subject, parts: readonly ScenePart[], runs: readonly Run[]): Report {
  const sorted = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1));
  return assemble(
    subject,
    sorted.map(({ name, samples, withoutTruth }) => ({ name, samples, withoutTruth })),
    sumCounts(
      OCC3D_CLASSES,
      sorted.map((part) => part.counts),
    ),
    runs,
  );
}

/**
 * Add the reports of shares into the report that one run over all of them gives.
 * Throws where they are about different models, data or backends, or share a scene.
 */
export function mergeReports(reports: readonly Report[]): Report {
  const [first] = reports;
  if (!first) throw new Error('There is nothing to merge.');
  const subjectOf = ({ model, dataset, backend }: Report) => JSON.stringify({ model, dataset, backend });
  for (const report of reports) {
    if (subjectOf(report) !== subjectOf(first)) {
      throw new Error(`These reports are not about the same thing:\n${subjectOf(first)}\n${subjectOf(report)}`);
    }
  }
  const scenes = reports.flatMap((report) => report.scenes).sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = scenes.find(({ name }, index) => name === scenes[index - 1]?.name);
  if (twice) throw new Error(`The scene ${twice.name} is in two of the reports.`);
  const total = sumCounts(
    OCC3D_CLASSES,
    reports.map((report) => report.counts),
  );
  const { model, dataset, backend } = first;
  return assemble(
    { model, dataset, backend },
    scenes,
    total,
    reports.flatMap(({ runs }) => runs),
  );
}

function assemble(subject: Subject, scenes: Report['scenes'], total: MetricCounts, runs: readonly Run[]): Report {
  const sum = (field: 'samples' | 'withoutTruth') => scenes.reduce((all, scene) => all + scene[field], 0);
  return {
    format: 'occuscope-evaluation/1',
    model: subject.model,
    dataset: subject.dataset,
    backend: subject.backend,
    complete: holdsEveryShard(runs),
    samples: sum('samples'),
    withoutTruth: sum('withoutTruth'),
    summary: summarise(total, OCC3D_CLASSES),
    scenes,
    counts: total,
    runs: [...runs],
  };
}

/** Whether the runs' shards are all there are. */
export function holdsEveryShard(runs: readonly Run[]): boolean {
  const count = runs[0]?.shard[1] ?? 0;
  const indices = new Set(runs.map(({ shard }) => shard[0]));
  return runs.every(({ shard }) => shard[1] === count) && indices.size === count;
}
