import type { Tensor } from 'onnxruntime-common';
import type { OrtRuntime } from '../../src/models/ortRuntime.ts';
import { countElements } from '../../src/pipeline/stage.ts';
import { type OnnxFileNode, readOnnx } from './readOnnx.ts';
import { appendOutputs } from './writeOnnx.ts';

/** WebGPU's limit of workgroups along one dimension of a dispatch. */
const LARGEST_DISPATCH = 65_535;

/**
 * Nodes of an ONNX part that ONNX Runtime 1.30's WebGPU provider is known to compute wrongly without saying so, a sentence each.
 *
 * - A grouped Conv computes up to four neighbouring output channels at once and takes the group of the first for all of them.
 *   Write its weights as those of a Conv of one group, zeros between the groups.
 * - Softmax takes one workgroup per row; past 65,535 rows the surplus ones overwrite the end of the last row.
 *   Write ReduceMax, Sub, Exp, ReduceSum, Div, which is also much faster where the axis is not the last one.
 *
 * `runtime` runs the part once on the CPU, on zeros, since files do not store the shapes between their nodes.
 */
export async function findProviderFaults(file: Uint8Array, runtime: OrtRuntime): Promise<string[]> {
  const { nodes, constants } = readOnnx(file);
  const grouped = nodes.flatMap((node) => describeGroupedConv(node, constants.get(node.inputs[1] ?? '')));
  const softmaxes = nodes.filter(({ operator }) => operator === 'Softmax');
  if (softmaxes.length === 0) return grouped;
  const shapes = await measureShapes(
    file,
    runtime,
    softmaxes.map(({ outputs }) => outputs[0]!),
  );
  return [...grouped, ...softmaxes.flatMap((node) => describeSoftmax(node, shapes.get(node.outputs[0]!)!))];
}

function describeGroupedConv(
  { operator, name, integers }: OnnxFileNode,
  weights: readonly number[] | undefined,
): string[] {
  const group = integers.get('group')?.[0] ?? 1;
  if (operator !== 'Conv' || group === 1) return [];
  if (!weights) return [`${name}: a grouped Conv whose weights are computed cannot be checked.`];
  const channels = weights[0]!;
  const perGroup = channels / group;
  const atOnce = [4, 2, 1].find((count) => channels % count === 0)!;
  if (perGroup < 4 || perGroup % atOnce === 0) return [];
  return [`${name}: Conv of ${group} groups with ${perGroup} output channels each; write it as a Conv of one group.`];
}

function describeSoftmax({ name, integers }: OnnxFileNode, shape: readonly number[]): string[] {
  const axis = integers.get('axis')?.[0] ?? -1;
  const length = shape.at(axis)!;
  const rows = countElements(shape) / length;
  if (rows <= LARGEST_DISPATCH) return [];
  return [`${name}: Softmax of ${rows} rows; write it as ReduceMax, Sub, Exp, ReduceSum, Div.`];
}

async function measureShapes(
  file: Uint8Array,
  runtime: OrtRuntime,
  names: readonly string[],
): Promise<Map<string, readonly number[]>> {
  const given = await runtime.createSession('part', file, { executionProviders: ['wasm'] });
  const known = given.signature.outputs.map(({ name }) => name);
  await given.release();
  const more = names.filter((name) => !known.includes(name));
  const session = await runtime.createSession('part', appendOutputs(file, more), { executionProviders: ['wasm'] });
  const feeds = session.signature.inputs.map(({ name, shape }): [string, Tensor] => {
    const dims = shape.map(Number);
    return [name, new runtime.ort.Tensor('float32', new Float32Array(countElements(dims)), dims)];
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return new Map(names.map((name) => [name, results[name]!.dims]));
}
