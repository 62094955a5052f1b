import { z } from 'zod';
import { OccuscopeError } from '../../errors/catalogue.ts';

const count = z.int().min(1);
const vector = z.tuple([z.number(), z.number(), z.number()]);
const lengths = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
const matrix3 = z.array(z.number()).length(9);

/** Row-major rigid transform; the last row and the rotation are checked, since a transposed matrix is the usual mistake. */
const rigidTransform = z
  .array(z.number())
  .length(16)
  .refine((m) => m[12] === 0 && m[13] === 0 && m[14] === 0 && m[15] === 1, 'must end in the row 0 0 0 1 (row-major)')
  .refine(isRotation, 'must hold a rotation in its first three rows and columns');

/** A file beside `clip.json`: a relative path that stays inside the clip's folder. */
const filePath = z.string().regex(/^(?!\/)(?!.*\.\.)(?!\w+:).+$/, 'is not a relative path inside the clip');

const cameraSchema = z.strictObject({
  image: filePath,
  timestampMicroseconds: z.number(),
  width: count,
  height: count,
  intrinsics: matrix3,
  egoFromCamera: rigidTransform,
});

const frameSchema = z.strictObject({
  token: z.string().min(1),
  timestampMicroseconds: z.number(),
  worldFromEgo: rigidTransform,
  cameras: z.array(cameraSchema),
  truth: filePath.optional(),
});

const clipSchema = z
  .strictObject({
    format: z.literal('occuscope-clip/1'),
    id: z.string().min(1),
    title: z.string().min(1),
    licence: z.string().min(1),
    origin: z.string().min(1),
    classes: z.literal('occ3d'),
    grid: z.strictObject({ lower: vector, voxel: lengths, size: z.tuple([count, count, count]) }),
    cameras: z.array(z.string().min(1)).min(1),
    frames: z.array(frameSchema).min(1),
  })
  .superRefine((clip, context) => {
    clip.frames.forEach((frame, index) => {
      const report = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['frames', index, field], message });
      if (frame.cameras.length !== clip.cameras.length) {
        report('cameras', `has ${frame.cameras.length} entries; the clip names ${clip.cameras.length} cameras`);
      }
      const before = clip.frames[index - 1]?.timestampMicroseconds ?? -Infinity;
      if (frame.timestampMicroseconds <= before) report('timestampMicroseconds', 'is not later than the frame before');
    });
  });

/** The contents of a `clip.json`; docs/clip-format.md explains every field. */
export type ClipFile = z.infer<typeof clipSchema>;

/** Parse the JSON of a packaged clip. Throws `clip-invalid` naming every faulty field, one per line. */
export function parseClipFile(json: unknown): ClipFile {
  const parsed = clipSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const field = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
    return `${field.replace(/^\./, '') || 'clip.json'}: ${message}`;
  });
  throw new OccuscopeError('clip-invalid', { detail: faults.join('\n'), cause: parsed.error });
}

function isRotation(m: readonly number[]): boolean {
  for (let a = 0; a < 3; a += 1) {
    for (let b = 0; b < 3; b += 1) {
      const product = m[a * 4]! * m[b * 4]! + m[a * 4 + 1]! * m[b * 4 + 1]! + m[a * 4 + 2]! * m[b * 4 + 2]!;
      if (!(Math.abs(product - (a === b ? 1 : 0)) < 1e-3)) return false;
    }
  }
  return true;
}
