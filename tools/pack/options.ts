import { parseArgs } from 'node:util';
import { z } from 'zod';

export const usage = `usage: npm run pack -- --dataroot DIR --scene NAME --out DIR|FILE.zip [options]

  --dataroot DIR   a nuScenes data root: tables, images, truth in gts/ and openocc_v2/
  --scene NAME     for example scene-0103
  --out OUT        a folder, or a zip where the name ends in .zip
  --version NAME   where the root has tables of several versions
  --frames A-B     key frames A to B, from 0 (default: all)
  --width N        images N pixels wide, not larger than they are; intrinsics go with them
  --quality N      encode anew with this quality, 1 to 100
  --format NAME    jpeg or webp
  --no-truth       leave truth out
  --title TEXT     what people read in the menu
  --licence TEXT   default: nuScenes terms of use (CC BY-NC-SA 4.0)`;

const count = z.coerce.number().int();
const optionsSchema = z.object({
  dataroot: z.string().min(1),
  scene: z.string().min(1),
  out: z.string().min(1),
  version: z.string().optional(),
  frames: z
    .string()
    .regex(/^\d+-\d+$/, 'must look like 0-19')
    .transform((text) => text.split('-').map(Number) as [number, number])
    .refine(([first, last]) => first <= last, 'must go up')
    .optional(),
  width: count.min(16).optional(),
  quality: count.min(1).max(100).optional(),
  format: z.enum(['jpeg', 'webp']).optional(),
  truth: z.boolean().default(true),
  title: z.string().min(1).optional(),
  licence: z.string().min(1).default('nuScenes terms of use (CC BY-NC-SA 4.0)'),
});

export type PackOptions = z.infer<typeof optionsSchema>;

const text = { type: 'string' } as const;
const flags = {
  dataroot: text,
  scene: text,
  out: text,
  version: text,
  frames: text,
  width: text,
  quality: text,
  format: text,
  title: text,
  licence: text,
  'no-truth': { type: 'boolean' },
} as const;

/** Read the command line. Throws an Error that names the wrong option in plain language. */
export function parseOptions(args: readonly string[]): PackOptions {
  const { values } = parseArgs({ args: [...args], options: flags });
  const { 'no-truth': withoutTruth, ...rest } = values;
  const parsed = optionsSchema.safeParse({ ...rest, ...(withoutTruth && { truth: false }) });
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
}
