import { z } from 'zod';
import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import { sumCounts } from '../../src/metrics/counts.ts';
import type { MetricCounts, MetricSummary } from '../../src/metrics/model.ts';
import { parseCounts } from '../../src/metrics/parseCounts.ts';
import { summarise } from '../../src/metrics/summarise.ts';
import { describeHead, findSubject, headShape, type Run, runSchema, type Subject, sortScenes } from './shares.ts';

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

const reportSchema = z.strictObject({
  format: z.literal('occuscope-evaluation/1'),
  ...headShape,
  samples: z.int().min(0),
  withoutTruth: z.int().min(0),
  summary: z.unknown().transform((json) => json as MetricSummary),
  scenes: z.array(sceneSchema),
  counts,
  /** How it came about; all else is the same for one run and for merged shares. */
  runs: z.array(runSchema),
});

export type Report = z.infer<typeof reportSchema>;

export function parseScenePart(json: unknown): ScenePart {
  return scenePartSchema.parse(json);
}

export function parseReport(json: unknown): Report {
  return reportSchema.parse(json);
}

/** Report on finished scenes, in the order of their names. Throws where a scene is there twice. */
export function makeReport(subject: Subject, parts: readonly ScenePart[], runs: readonly Run[]): Report {
  const scenes = parts.map(({ name, samples, withoutTruth }) => ({ name, samples, withoutTruth }));
  return assemble(
    subject,
    scenes,
    parts.map((part) => part.counts),
    runs,
  );
}

/**
 * Add the reports of shares into the report that one run over all of them gives.
 * Throws where they are about different models, data or backends, or share a scene.
 */
export function mergeReports(reports: readonly Report[]): Report {
  return assemble(
    findSubject(reports),
    reports.flatMap(({ scenes }) => scenes),
    reports.map((report) => report.counts),
    reports.flatMap(({ runs }) => runs),
  );
}

function assemble(
  subject: Subject,
  scenes: Report['scenes'],
  parts: readonly MetricCounts[],
  runs: readonly Run[],
): Report {
  const sum = (field: 'samples' | 'withoutTruth') => scenes.reduce((all, scene) => all + scene[field], 0);
  const total = sumCounts(OCC3D_CLASSES, parts);
  return {
    format: 'occuscope-evaluation/1',
    ...describeHead(subject, runs),
    samples: sum('samples'),
    withoutTruth: sum('withoutTruth'),
    summary: summarise(total, OCC3D_CLASSES),
    scenes: sortScenes(scenes),
    counts: total,
    runs: [...runs],
  };
}
