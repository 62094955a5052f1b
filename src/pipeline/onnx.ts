import { OccuscopeError } from '../errors/catalogue.ts';
import { filledText, z } from '../errors/schema.ts';
import type { Shape } from './stage.ts';

/** Manifest entry of an ONNX part: `in` and `out` map the part's own input and output names to tensor names of the recipe. */
export const onnxSchema = z.strictObject({
  kind: z.literal('onnx'),
  file: filledText(),
  in: z.record(z.string(), z.string()),
  out: z.record(z.string(), z.string()),
});

export type OnnxEntry = z.infer<typeof onnxSchema>;

/** One input or output of an ONNX part, as its session reports it. */
export interface OnnxValue {
  readonly name: string;
  readonly type: string;
  /** A string where the size is symbolic. */
  readonly shape: readonly (number | string)[];
}

/** The inputs and outputs of an ONNX part. */
export interface OnnxSignature {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** One connection between an ONNX value and a tensor of the recipe. */
export interface OnnxPort {
  readonly onnxName: string;
  readonly tensor: string;
  readonly shape: Shape;
}

export interface OnnxPlan {
  readonly file: string;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/**
 * Check an ONNX stage against its part's signature and the shapes of the tensors it reads; output shapes come from the signature.
 * Throws `model-manifest-invalid` on a missing or unknown name, a type other than float32, a symbolic size or another shape.
 */
export function planOnnx(entry: OnnxEntry, signature: OnnxSignature, shapes: ReadonlyMap<string, Shape>): OnnxPlan {
  const inputs = connect(entry.file, 'input', entry.in, signature.inputs);
  const outputs = connect(entry.file, 'output', entry.out, signature.outputs);
  for (const value of signature.inputs) {
    if (!(value.name in entry.in)) refuse(entry.file, `input "${value.name}" is connected to no tensor`);
  }
  for (const { onnxName, tensor, shape } of inputs) {
    const given = shapes.get(tensor);
    if (!given) refuse(entry.file, `input "${onnxName}" reads tensor "${tensor}", which nothing has produced`);
    if (dropLeadingOnes(given).join() !== dropLeadingOnes(shape).join()) {
      refuse(entry.file, `input "${onnxName}" has shape [${shape}], but tensor "${tensor}" has shape [${given}]`);
    }
  }
  return { file: entry.file, inputs, outputs };
}

/** Axes of size 1 in front mean nothing: research exports differ in whether they keep a batch axis. */
function dropLeadingOnes(shape: Shape): Shape {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(first);
}

function connect(
  file: string,
  side: 'input' | 'output',
  ports: Readonly<Record<string, string>>,
  values: readonly OnnxValue[],
): OnnxPort[] {
  return Object.entries(ports).map(([onnxName, tensor]) => {
    const value = values.find(({ name }) => name === onnxName);
    if (!value) refuse(file, `has no ${side} "${onnxName}"; it has ${values.map(({ name }) => name).join(', ')}`);
    if (value.type !== 'float32') refuse(file, `${side} "${onnxName}" is ${value.type}; only float32 is supported`);
    const symbolic = value.shape.find((size) => typeof size !== 'number' || size < 1);
    if (symbolic !== undefined) {
      refuse(file, `${side} "${onnxName}" has the symbolic size "${symbolic}"; export the part with static shapes`);
    }
    return { onnxName, tensor, shape: value.shape as Shape };
  });
}

function refuse(file: string, fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: `${file}: ${fault}.` });
}
