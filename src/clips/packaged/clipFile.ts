import { OccuscopeError } from '../../errors/catalogue.ts';
import {
  checked,
  filledList,
  filledText,
  lengths3,
  matchingText,
  numbers,
  vector3,
  wholeNumber,
  z,
} from '../../errors/schema.ts';

const count = wholeNumber(1);

/** Row-major rigid transform; the last row and the rotation are checked, since a transposed matrix is the usual mistake. */
const rigidTransform = checked(
  numbers(16),
  z.refine((m) => m[12] === 0 && m[13] === 0 && m[14] === 0 && m[15] === 1, 'must end in the row 0 0 0 1 (row-major)'),
  z.refine(isRotation, 'must hold a rotation in its first three rows and columns'),
);

/** A file beside `clip.json`: a relative path that stays inside the clip's folder. */
const filePath = matchingText(/^(?!\/)(?!.*\.\.)(?!\w+:).+$/, 'is not a relative path inside the clip');

const cameraSchema = z.strictObject({
  image: filePath,
  timestampMicroseconds: z.number(),
  width: count,
  height: count,
  intrinsics: numbers(9),
  egoFromCamera: rigidTransform,
});

const frameSchema = z.strictObject({
  token: filledText(),
  timestampMicroseconds: z.number(),
  worldFromEgo: rigidTransform,
  cameras: z.array(cameraSchema),
  truth: z.optional(filePath),
});

const clipSchema = checked(
  z.strictObject({
    format: z.literal('occuscope-clip/1'),
    id: filledText(),
    title: filledText(),
    licence: filledText(),
    origin: filledText(),
    classes: z.literal('occ3d'),
    grid: z.strictObject({ lower: vector3(), voxel: lengths3(), size: z.tuple([count, count, count]) }),
    cameras: filledList(filledText()),
    egoFromLidar: z.optional(rigidTransform),
    frames: filledList(frameSchema),
  }),
  z.superRefine((clip, context) => {
    clip.frames.forEach((frame, index) => {
      const report = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['frames', index, field], message });
      if (frame.cameras.length !== clip.cameras.length) {
        report('cameras', `has ${frame.cameras.length} entries; the clip names ${clip.cameras.length} cameras`);
      }
      const before = clip.frames[index - 1]?.timestampMicroseconds ?? -Infinity;
      if (frame.timestampMicroseconds <= before) report('timestampMicroseconds', 'is not later than the frame before');
    });
  }),
);

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
