import { z } from 'zod';

/** One run over one share of the scenes. */
export const runSchema = z.strictObject({
  shard: z.tuple([z.int().min(1), z.int().min(1)]),
  device: z.string(),
  /** Seconds of this run; scenes that were already done took none. */
  seconds: z.number(),
});

export type Run = z.infer<typeof runSchema>;

/** What all shares of one evaluation have in common. */
const subjectSchema = z.strictObject({
  model: z.strictObject({ id: z.string(), manifestSha256: z.string() }),
  dataset: z.strictObject({ version: z.string(), split: z.string() }),
  backend: z.enum(['webgpu', 'cpu']),
});

export type Subject = z.infer<typeof subjectSchema>;

/** The beginning of every report: what it is about, and whether every share of the split is in it. */
export const headShape = { ...subjectSchema.shape, complete: z.boolean() };

export function describeHead({ model, dataset, backend }: Subject, runs: readonly Run[]) {
  return { model, dataset, backend, complete: holdsEveryShard(runs) };
}

/** What these reports are about. Throws where they are about different models, data or backends, and where there are none. */
export function findSubject(reports: readonly Subject[]): Subject {
  const [first, ...others] = reports.map(({ model, dataset, backend }): Subject => ({ model, dataset, backend }));
  if (!first) throw new Error('There is nothing to merge.');
  const other = others.find((subject) => JSON.stringify(subject) !== JSON.stringify(first));
  if (other) {
    const [ours, theirs] = [JSON.stringify(first), JSON.stringify(other)];
    throw new Error(`These reports are not about the same thing:\n${ours}\n${theirs}`);
  }
  return first;
}

/** Scenes in the order of their names. Throws where one is there twice. */
export function sortScenes<Scene extends { readonly name: string }>(scenes: readonly Scene[]): Scene[] {
  const sorted = [...scenes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = sorted.find(({ name }, index) => name === sorted[index - 1]?.name);
  if (twice) throw new Error(`The scene ${twice.name} is in two of the reports.`);
  return sorted;
}

/** Whether the runs' shards are all there are. */
function holdsEveryShard(runs: readonly Run[]): boolean {
  const count = runs[0]?.shard[1] ?? 0;
  const indices = new Set(runs.map(({ shard }) => shard[0]));
  return runs.every(({ shard }) => shard[1] === count) && indices.size === count;
}
