import type { ErrorCode } from '../../errors/catalogue.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { checked, matchingText, numbers, wholeNumber, z } from '../../errors/schema.ts';

/** How far rotations may be from orthonormal, and quaternions from length 1. */
const rotationTolerance = 1e-3;
const quaternionTolerance = 1e-2;

/** Camera names appear in menus and file names. */
export const cameraName = matchingText(/^[^/\\]{1,100}$/, 'is not a name of 1 to 100 characters without slashes');

/** Width or height of an image in pixels. */
export const imageLength = wholeNumber(1, 16_384);

/** 16 numbers, row-major. */
export const rigidTransform = checked(
  numbers(16),
  z.refine((m) => describeRigidFault(m) === null, {
    error: (issue) => describeRigidFault(issue.input as number[]) ?? '',
  }),
);

/** Quaternion w, x, y, z of length 1. */
export const unitQuaternion = checked(
  numbers(4),
  z.refine((q) => describeQuaternionFault(q) === null, {
    error: (issue) => describeQuaternionFault(issue.input as number[]) ?? '',
  }),
);

/** What is wrong with a row-major 4x4 as a rigid transform, or null. */
export function describeRigidFault(m: readonly number[]): string | null {
  if (!m.every(Number.isFinite)) return 'holds a value that is no number';
  if (m[12] !== 0 || m[13] !== 0 || m[14] !== 0 || m[15] !== 1) return 'must end in the row 0 0 0 1 (row-major)';
  return describeRotationFault([m[0]!, m[1]!, m[2]!, m[4]!, m[5]!, m[6]!, m[8]!, m[9]!, m[10]!]);
}

/** What is wrong with a row-major 3x3 as a rotation, or null. */
export function describeRotationFault(r: readonly number[]): string | null {
  for (let a = 0; a < 3; a += 1) {
    for (let b = 0; b < 3; b += 1) {
      const product = r[3 * a]! * r[3 * b]! + r[3 * a + 1]! * r[3 * b + 1]! + r[3 * a + 2]! * r[3 * b + 2]!;
      if (!(Math.abs(product - (a === b ? 1 : 0)) < rotationTolerance))
        return 'holds no rotation in its first three columns';
    }
  }
  const determinant =
    r[0]! * (r[4]! * r[8]! - r[5]! * r[7]!) -
    r[1]! * (r[3]! * r[8]! - r[5]! * r[6]!) +
    r[2]! * (r[3]! * r[7]! - r[4]! * r[6]!);
  return determinant > 0 ? null : 'mirrors: its determinant is -1, a rotation has +1';
}

/** What is wrong with a quaternion, or null. */
export function describeQuaternionFault(q: readonly number[]): string | null {
  const length = Math.hypot(...q);
  if (!Number.isFinite(length)) return 'holds a value that is no number';
  if (Math.abs(length - 1) <= quaternionTolerance) return null;
  return `is a quaternion of length ${length.toPrecision(3)}; it must be 1`;
}

/** What is wrong with intrinsics (row-major 3x3, pixels), or null. */
export function describeIntrinsicsFault(k: readonly number[]): string | null {
  if (k.length !== 9) return `has ${k.length} numbers instead of 9`;
  if (!k.every(Number.isFinite)) return 'holds a value that is no number';
  if (!(k[0]! > 0) || !(k[4]! > 0)) return 'has a focal length that is not above zero';
  if (k[3] !== 0 || k[6] !== 0 || k[7] !== 0 || k[8] !== 1) return 'is not of the form fx s cx / 0 fy cy / 0 0 1';
  return null;
}

/** Throw `code` about `subject` when there is a fault. */
export function refuseFault(code: ErrorCode, subject: string, fault: string | null): void {
  if (fault !== null) throw new OccuscopeError(code, { detail: `${subject} ${fault}.` });
}

/** Parse with a schema; the error names every faulty field, one per line. */
export function parseWith<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
  name: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap((issue) => chooseBranch(issue, []));
  const faults = issues.slice(0, 20).map(({ path, message }) => `${name}: ${formatField(path)}${message}`);
  const more = issues.length - faults.length;
  if (more > 0) faults.push(`${name}: and ${more} more faults.`);
  throw new OccuscopeError(code, { detail: faults.join('\n'), cause: parsed.error });
}

interface PlainIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a union, the faults of the form that was meant: the one that got farthest into the value. */
function chooseBranch(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): PlainIssue[] {
  const path = [...base, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: issue.message }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => chooseBranch(inner, path)));
  const wrongKind = (branch: (typeof issue.errors)[number]) =>
    branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0);
  const meant = issue.errors.findIndex((branch) => !wrongKind(branch));
  return meant < 0 ? [{ path, message: issue.message }] : branches[meant]!;
}

function formatField(path: readonly PropertyKey[]): string {
  const field = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return field === '' ? '' : `${field.replace(/^\./, '')}: `;
}

/** Parse JSON; NaN and Infinity, which Python writes and JSON does not know, get their own words. */
export function parseJson(text: string, code: ErrorCode, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const isPython = /[\s:[,]-?(?:NaN|Infinity)\b/.test(text);
    const fault = isPython ? 'holds NaN or Infinity, which are no numbers' : `is not JSON: ${(cause as Error).message}`;
    throw new OccuscopeError(code, { detail: `${name} ${fault}.`, cause });
  }
}
