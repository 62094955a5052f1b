import { OccuscopeError } from '../errors/catalogue.ts';
import {
  filledList,
  filledText,
  lengths3,
  matchingText,
  positiveNumber,
  vector3,
  wholeNumber,
  z,
} from '../errors/schema.ts';
import { cameraRaysSchema } from '../pipeline/cameraRays.ts';
import { decodeSchema } from '../pipeline/decode.ts';
import { gridSchema } from '../pipeline/gridSchema.ts';
import { memoryWarpSchema } from '../pipeline/memoryWarp.ts';
import { onnxSchema } from '../pipeline/onnx.ts';
import { planeSweepSchema } from '../pipeline/planeSweep.ts';
import { voxelPoolSchema } from '../pipeline/voxelPool.ts';

const count = wholeNumber(1);

const imagesSchema = z.strictObject({
  size: z.tuple([count, count]),
  fit: z.literal('width-keep-bottom'),
  mean: vector3(),
  std: lengths3(),
  channels: z.enum(['rgb', 'bgr']),
  scale: positiveNumber(),
});

/** A file inside the package: a relative path that stays inside it. */
const fileName = matchingText(/^(?!\/)(?!.*\.\.)[\w./-]+$/, 'is not a relative path inside the package');

const fileSchema = z.strictObject({
  bytes: wholeNumber(1),
  sha256: matchingText(/^[0-9a-f]{64}$/, 'is not 64 lower-case hexadecimal digits'),
});

const stageSchemas = {
  onnx: onnxSchema,
  'camera-rays': cameraRaysSchema,
  'voxel-pool': voxelPoolSchema,
  'memory-warp': memoryWarpSchema,
  'plane-sweep': planeSweepSchema,
  decode: decodeSchema,
} as const;

const stageSchema = z.discriminatedUnion('kind', [
  stageSchemas.onnx,
  stageSchemas['camera-rays'],
  stageSchemas['voxel-pool'],
  stageSchemas['memory-warp'],
  stageSchemas['plane-sweep'],
  stageSchemas.decode,
]);

const manifestSchema = z.strictObject({
  format: z.literal('occuscope-model/1'),
  id: matchingText(/^[a-z0-9][a-z0-9-]*$/, 'may hold lower-case letters, digits and hyphens only'),
  title: filledText(),
  licence: filledText(),
  origin: filledText(),
  classes: z.literal('occ3d'),
  /** Number of cameras that the network takes, in the rig order of docs/clip-format.md. */
  cameras: z._default(count, 6),
  grid: gridSchema,
  images: imagesSchema,
  files: z.record(fileName, fileSchema),
  state: z._default(z.record(z.string(), z.strictObject({ shape: filledList(count), reset: z.literal('zeros') })), {}),
  stages: filledList(stageSchema),
  card: z.optional(fileName),
});

/** What a model package says about itself; docs/model-package.md explains every field. */
export type ModelManifest = z.infer<typeof manifestSchema>;
export type StageEntry = ModelManifest['stages'][number];

/** Parse the JSON of a manifest. Throws `model-manifest-invalid` naming every faulty field, one per line. */
export function parseManifest(json: unknown): ModelManifest {
  const unknownKinds = findUnknownKinds(json);
  if (unknownKinds.length > 0) throw new OccuscopeError('model-manifest-invalid', { detail: unknownKinds.join('\n') });
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${formatPath(issue.path)}: ${describeIssue(issue)}`);
  throw new OccuscopeError('model-manifest-invalid', { detail: faults.join('\n'), cause: parsed.error });
}

/** Unknown kinds get their own sentence: a newer package in an older page is the usual reason. */
function findUnknownKinds(json: unknown): string[] {
  const stages = (json as { stages?: unknown } | null)?.stages;
  if (!Array.isArray(stages)) return [];
  return stages.flatMap((stage, index) => {
    const kind: unknown = (stage as { kind?: unknown } | null)?.kind;
    if (typeof kind !== 'string' || Object.hasOwn(stageSchemas, kind)) return [];
    return [
      `stages[${index}].kind: unknown stage kind "${kind}"; this version knows ${Object.keys(stageSchemas).join(', ')}.`,
    ];
  });
}

/** A key that breaks its rule is reported by the rule, not as a mere "invalid key". */
function describeIssue(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

/** Write a zod path the way people write it: `stages[2].grid.size[0]`, `files["head.onnx"].bytes`. */
export function formatPath(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => {
    if (typeof part === 'number') return `[${part}]`;
    return /^\w+$/.test(String(part)) ? `.${String(part)}` : `["${String(part)}"]`;
  });
  return parts.join('').replace(/^\./, '') || 'manifest';
}
