import { z } from 'zod';
import { parseLidarCounts, sumLidarCounts } from '../../../src/metrics/lidar/counts.ts';
import type { LidarCounts } from '../../../src/metrics/lidar/model.ts';
import { type LidarSummary, summariseLidar } from '../../../src/metrics/lidar/summarise.ts';
import { holdsEveryShard, runSchema, type Subject, subjectSchema } from '../report.ts';

const counts = z.unknown().transform((json): LidarCounts => parseLidarCounts(json));
const frameSchema = z.strictObject({ token: z.string(), counts });
const sceneSchema = z.strictObject({
  name: z.string(),
  /** Key frames without a sweep or without an image on the disk; they are not measured. */
  withoutSweepOrImages: z.int().min(0),
  frames: z.array(frameSchema),
});

/** One finished scene, kept so that a stopped run goes on. `key` says what it was predicted with. */
const partSchema = z.strictObject({
  format: z.literal('occuscope-lidar-scene/1'),
  key: z.string(),
  ...sceneSchema.shape,
});
export type LidarScenePart = z.infer<typeof partSchema>;

const reportSchema = z.strictObject({
  format: z.literal('occuscope-lidar-evaluation/1'),
  ...subjectSchema.shape,
  complete: z.boolean(),
  frames: z.int().min(0),
  summary: z.unknown().transform((json) => json as LidarSummary),
  scenes: z.array(sceneSchema),
  counts,
  runs: z.array(runSchema),
});
export type LidarReport = z.infer<typeof reportSchema>;

export function isLidarReport(json: unknown): boolean {
  return (json as { format?: unknown } | null)?.format === 'occuscope-lidar-evaluation/1';
}

export function parseLidarPart(json: unknown): LidarScenePart {
  return partSchema.parse(json);
}

export function parseLidarReport(json: unknown): LidarReport {
  return reportSchema.parse(json);
}

/** Report on finished scenes, in the order of their names. Throws where a scene is there twice. */
export function makeLidarReport(
  subject: Subject,
  parts: readonly LidarReport['scenes'][number][],
  runs: LidarReport['runs'],
): LidarReport {
  const scenes = parts
    .map(({ name, withoutSweepOrImages, frames }) => ({ name, withoutSweepOrImages, frames }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = scenes.find(({ name }, index) => name === scenes[index - 1]?.name);
  if (twice) throw new Error(`The scene ${twice.name} is in two of the reports.`);
  const total = sumLidarCounts(scenes.flatMap(({ frames }) => frames.map((frame) => frame.counts)));
  const { model, dataset, backend } = subject;
  return {
    format: 'occuscope-lidar-evaluation/1',
    model,
    dataset,
    backend,
    complete: holdsEveryShard(runs),
    frames: total.frames,
    summary: summariseLidar(total),
    scenes,
    counts: total,
    runs: [...runs],
  };
}

/** The report that one run over all shares gives. Throws where they are about different things, or share a scene. */
export function mergeLidarReports(reports: readonly LidarReport[]): LidarReport {
  const subjectOf = ({ model, dataset, backend }: LidarReport) => JSON.stringify({ model, dataset, backend });
  const [first, ...others] = reports;
  if (!first) throw new Error('There is nothing to merge.');
  const other = others.find((report) => subjectOf(report) !== subjectOf(first));
  if (other) throw new Error(`These reports are not about the same thing:\n${subjectOf(first)}\n${subjectOf(other)}`);
  return makeLidarReport(
    first,
    reports.flatMap(({ scenes }) => scenes),
    reports.flatMap(({ runs }) => runs),
  );
}
