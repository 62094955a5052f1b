import { z } from 'zod';
import { parseLidarCounts, sumLidarCounts } from '../../../src/metrics/lidar/counts.ts';
import type { LidarCounts } from '../../../src/metrics/lidar/model.ts';
import { type LidarSummary, summariseLidar } from '../../../src/metrics/lidar/summarise.ts';
import { describeHead, findSubject, headShape, type Run, runSchema, type Subject, sortScenes } from '../shares.ts';

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
  ...headShape,
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
  runs: readonly Run[],
): LidarReport {
  const scenes = sortScenes(
    parts.map(({ name, withoutSweepOrImages, frames }) => ({ name, withoutSweepOrImages, frames })),
  );
  const total = sumLidarCounts(scenes.flatMap(({ frames }) => frames.map((frame) => frame.counts)));
  return {
    format: 'occuscope-lidar-evaluation/1',
    ...describeHead(subject, runs),
    frames: total.frames,
    summary: summariseLidar(total),
    scenes,
    counts: total,
    runs: [...runs],
  };
}

/** The report that one run over all shares gives. Throws where they are about different things, or share a scene. */
export function mergeLidarReports(reports: readonly LidarReport[]): LidarReport {
  return makeLidarReport(
    findSubject(reports),
    reports.flatMap(({ scenes }) => scenes),
    reports.flatMap(({ runs }) => runs),
  );
}
