import { parseArgs } from 'node:util';
import { z } from 'zod';

const size = z
  .string()
  .regex(/^\d+x\d+$/, 'must look like 352x128')
  .transform((text) => text.split('x').map(Number) as [number, number])
  .refine(
    ([width, height]) =>
      width >= 32 &&
      width <= 1600 &&
      height >= 16 &&
      height <= Math.round((900 * width) / 1600) &&
      width % 2 === 0 &&
      height % 2 === 0,
    'must be even and within 1600x900 scaled to that width',
  );
const count = (low: number, high: number) => z.coerce.number().int().min(low).max(high);

const common = z.object({
  seed: count(0, 2 ** 31).default(1),
  out: z.string().min(1),
  jitter: z.boolean().default(false),
});
const dataSet = common.extend({
  scenes: count(1, 100000).default(10),
  keyframes: count(1, 400).default(40),
  workers: count(1, 64).default(2),
  size: size.default([352, 128]),
  version: z.string().default('v1.0-trainval'),
});
const clip = common.extend({
  keyframes: count(1, 400).default(24),
  size: size.default([704, 256]),
  title: z.string().optional(),
  quality: count(40, 100).default(86),
});

const statistics = z.object({
  root: z.string().optional(),
  seed: count(0, 2 ** 31).default(1),
  scenes: count(1, 1000).default(10),
  keyframes: count(1, 400).default(40),
  against: z.array(z.string()).default([]),
});

export type DataSetOptions = z.infer<typeof dataSet>;
export type ClipOptions = z.infer<typeof clip>;
export type StatisticsOptions = z.infer<typeof statistics>;

const text = { type: 'string' } as const;
const flags = {
  scenes: text,
  seed: text,
  out: text,
  size: text,
  keyframes: text,
  workers: text,
  version: text,
  title: text,
  quality: text,
  root: text,
  against: { type: 'string', multiple: true },
  jitter: { type: 'boolean' },
} as const;

const commands = { 'data-set': dataSet, clip, statistics } as const;

type Parsed =
  | { command: 'data-set'; options: DataSetOptions }
  | { command: 'clip'; options: ClipOptions }
  | { command: 'statistics'; options: StatisticsOptions };

/** Reads the command line; throws a plain-language Error that names the wrong option. */
export function parseOptions(args: readonly string[]): Parsed {
  const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  const command = positionals[0] === 'clip' || positionals[0] === 'statistics' ? positionals[0] : 'data-set';
  // Further files may follow the first behind --against, as a shell's pattern gives them.
  if (command === 'statistics' && values.against) values.against.push(...positionals.slice(1));
  const parsed = commands[command].safeParse(values);
  if (!parsed.success)
    throw new Error(parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('\n'));
  return { command, options: parsed.data } as Parsed;
}
