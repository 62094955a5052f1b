import type { Matrix4 } from '../../../domain/geometry.ts';
import { checked, filledText, numbers, vector3, z } from '../../../errors/schema.ts';
import { composePose } from '../../../geometry/rigid.ts';
import {
  cameraName,
  describeIntrinsicsFault,
  imageLength,
  parseWith,
  rigidTransform,
  unitQuaternion,
} from '../checks.ts';
import { coefficientCounts } from '../distortion.ts';
import type { Rig } from '../rig.ts';

const placement = z.union([rigidTransform, z.strictObject({ rotation: unitQuaternion, translation: vector3() })]);

const intrinsics = checked(
  numbers(9),
  z.refine((k) => describeIntrinsicsFault(k) === null, {
    error: (issue) => describeIntrinsicsFault(issue.input as number[]) ?? '',
  }),
);

const distortion = checked(
  z.strictObject({ model: z.enum(['brown-conrady', 'equidistant']), coefficients: z.array(z.number()) }),
  z.refine(({ model, coefficients }) => (coefficientCounts[model] as readonly number[]).includes(coefficients.length), {
    error: (issue) => {
      const { model } = issue.input as { model: keyof typeof coefficientCounts };
      return `the model ${model} takes ${coefficientCounts[model].join(' or ')} coefficients`;
    },
  }),
);

const cameraSchema = z.strictObject({
  name: cameraName,
  width: imageLength,
  height: imageLength,
  intrinsics,
  distortion: z.optional(distortion),
  egoFromCamera: placement,
});

const rigSchema = checked(
  z.strictObject({
    format: z.literal('occuscope-rig/1'),
    title: z.optional(filledText()),
    cameras: z
      .array(cameraSchema)
      .check(
        z.minLength(1, 'a rig needs at least one camera'),
        z.maxLength(64, 'a rig of more than 64 cameras is not opened'),
      ),
    egoFromLidar: z.optional(placement),
  }),
  z.superRefine(({ cameras }, context) => {
    cameras.forEach(({ name }, index) => {
      if (cameras.findIndex((other) => other.name === name) === index) return;
      context.addIssue({ code: 'custom', path: ['cameras', index, 'name'], message: `“${name}” is there twice` });
    });
  }),
);

/** The contents of a `rig.json`; docs/rig-format.md explains every field. */
export type RigFile = z.infer<typeof rigSchema>;

/** Read the project's own calibration format. Throws `calibration-invalid` naming every faulty field, one per line. */
export function parseRigFile(json: unknown, name: string): Rig {
  const file = parseWith(rigSchema, json, 'calibration-invalid', name);
  return {
    format: 'rig.json',
    cameras: file.cameras.map((camera) => ({
      name: camera.name,
      size: { width: camera.width, height: camera.height },
      intrinsics: Float64Array.from(camera.intrinsics),
      distortion: camera.distortion ?? null,
      egoFromCamera: readPlacement(camera.egoFromCamera),
    })),
    egoFromLidar: file.egoFromLidar ? readPlacement(file.egoFromLidar) : null,
    notes: [],
  };
}

function readPlacement(value: z.infer<typeof placement>): Matrix4 {
  return Array.isArray(value) ? Float64Array.from(value) : composePose(value);
}

/**
 * Write a rig as `rig.json` that `parseRigFile` reads back equal. Every camera must have a size.
 * Matrices go out row by row at full precision.
 */
export function writeRigFile(rig: Pick<Rig, 'cameras' | 'egoFromLidar'>): string {
  const file: RigFile = {
    format: 'occuscope-rig/1',
    cameras: rig.cameras.map(({ name, size, intrinsics: k, distortion: bent, egoFromCamera }) => {
      if (!size) throw new Error(`the size of the images of ${name} is not known`);
      return {
        name,
        ...size,
        intrinsics: [...k],
        ...(bent ? { distortion: { model: bent.model, coefficients: [...bent.coefficients] } } : {}),
        egoFromCamera: [...egoFromCamera],
      };
    }),
    ...(rig.egoFromLidar ? { egoFromLidar: [...rig.egoFromLidar] } : {}),
  };
  // Matrices on one line each: people read and edit this file.
  return `${JSON.stringify(file, null, 2).replace(/\[\s+(-?[\d.][^[\]{}]*?)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`)}\n`;
}
