import { parseArgs } from 'node:util';
import { z } from 'zod';

export const usage = `usage: npm run evaluate -- --dataroot DIR --model ID|DIR --out report.json [options]
       npm run evaluate -- --lidar CLIP|DIR --model ID|DIR --out report.json [options]
       npm run evaluate -- merge --out report.json SHARD.json…

  --dataroot DIR   nuScenes tables and images; Occ3D truth in gts/, OpenOcc flow in openocc_v2/
  --lidar PATH     against lidar sweeps instead: a folder with a clip.json that names sweeps, or nuScenes tables with LIDAR_TOP files
  --pictures DIR   with --lidar: a page for each measured frame, DIR/<scene>/<sample_token>.html
  --split NAME     all (default); train or val of annotations.json; mini_train, mini_val; or a file with scene names, one a line
  --model ID|DIR   a model of the site, or a folder with a manifest.json
  --out FILE       the report; scenes that are done are kept beside it in FILE.scenes/, so that a stopped run goes on
  --shard I/N      only the I-th of N shares of the scenes, 1 to N
  --save DIR       keep every prediction as DIR/<sample_token>.npz
  --backend NAME   webgpu or cpu (default: cpu)
  --gpu NAME       native or software (default: native); software is for tests
  --site DIR       the built site (default: dist)
  --restart        forget scenes that are done`;

const shard = z
  .string()
  .regex(/^\d+\/\d+$/, 'must look like 2/8')
  .transform((text) => {
    const [index, count] = text.split('/').map(Number) as [number, number];
    return { index, count };
  })
  .refine(({ index, count }) => index >= 1 && index <= count, 'must be 1/N to N/N');

const commonOptions = z.object({
  split: z.string().min(1).default('all'),
  model: z.string().min(1),
  out: z.string().min(1),
  shard: shard.default({ index: 1, count: 1 }),
  save: z.string().min(1).optional(),
  backend: z.enum(['webgpu', 'cpu']).default('cpu'),
  gpu: z.enum(['native', 'software']).default('native'),
  site: z.string().min(1).default('dist'),
  restart: z.boolean().default(false),
});

const runOptions = z.object({ ...commonOptions.shape, dataroot: z.string().min(1, 'is missing') });
const lidarOptions = z.object({
  ...commonOptions.shape,
  lidar: z.string().min(1),
  pictures: z.string().min(1).optional(),
});
const mergeOptions = z.object({ out: z.string().min(1) });

export type CommonOptions = z.infer<typeof commonOptions>;
export type RunOptions = z.infer<typeof runOptions>;
export type LidarOptions = z.infer<typeof lidarOptions>;
export type Command =
  | { readonly command: 'run'; readonly options: RunOptions }
  | { readonly command: 'lidar'; readonly options: LidarOptions }
  | { readonly command: 'merge'; readonly out: string; readonly shards: readonly string[] };

const text = { type: 'string' } as const;
const flags = {
  dataroot: text,
  lidar: text,
  pictures: text,
  split: text,
  model: text,
  out: text,
  shard: text,
  save: text,
  backend: text,
  gpu: text,
  site: text,
  restart: { type: 'boolean' },
} as const;

/** Read the command line. Throws an Error that names the wrong option in plain language. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  if (positionals[0] === 'merge') {
    const shards = positionals.slice(1);
    if (shards.length === 0) throw new Error('merge: name the reports of the shards.');
    return { command: 'merge', out: parse(mergeOptions, { out: values.out }).out, shards };
  }
  if (positionals.length > 0) throw new Error(`What is “${positionals[0]}”?`);
  if (values.lidar !== undefined) {
    if (values.dataroot !== undefined) throw new Error('--dataroot: does not go together with --lidar.');
    return { command: 'lidar', options: parse(lidarOptions, values) };
  }
  if (values.pictures !== undefined) throw new Error('--pictures: only goes with --lidar.');
  return { command: 'run', options: parse(runOptions, values) };
}

function parse<Output>(schema: z.ZodType<Output>, values: unknown): Output {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
}
