import { type Bytes, integerField, join, message, messageField, textField } from './protobuf.ts';

/** One operator of an ONNX graph. Attributes: a number is an integer attribute, an array a list of integers, a string a text. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

/** A float32 value that enters or leaves the graph. */
export interface OnnxGraphValue {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxTensor extends OnnxGraphValue {
  /** Float32Array is stored as FLOAT, BigInt64Array as INT64. */
  readonly values: Float32Array | BigInt64Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly producer: string;
  /** Version of the ONNX operator set, 17 if left out. */
  readonly operatorSet?: number;
  readonly inputs: readonly OnnxGraphValue[];
  readonly outputs: readonly OnnxGraphValue[];
  readonly constants: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
}

/** Serialise a float32 graph as an ONNX file, from pieces so that constants of megabytes stay cheap. Field numbers: onnx.proto3. */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const operatorSet = graph.operatorSet ?? 17;
  return join([
    ...integerField(1, chooseFormatVersion(operatorSet)),
    ...textField(2, graph.producer),
    ...messageField(7, writeGraph(graph)),
    ...messageField(8, [...textField(1, ''), ...integerField(2, operatorSet)]),
  ]);
}

/**
 * The same file with more values handed out of the graph, whatever their types and shapes.
 * In protobuf a message that comes twice is merged, so a second graph of outputs alone is appended and nothing is parsed.
 */
export function appendOutputs(file: Uint8Array, names: readonly string[]): Uint8Array {
  return join([
    file,
    ...messageField(
      7,
      names.flatMap((name) => messageField(12, textField(1, name))),
    ),
  ]);
}

/** Version of the file format that came with an operator set. */
function chooseFormatVersion(operatorSet: number): number {
  if (operatorSet <= 18) return 8;
  return operatorSet <= 20 ? 9 : 10;
}

function writeGraph(graph: OnnxGraph): Bytes {
  return [
    ...graph.nodes.flatMap((node, index) => messageField(1, writeNode(node, `${node.operator}_${index}`))),
    ...textField(2, graph.name),
    ...graph.constants.flatMap((tensor) => messageField(5, writeTensor(tensor))),
    ...graph.inputs.flatMap((value) => messageField(11, writeValueInfo(value))),
    ...graph.outputs.flatMap((value) => messageField(12, writeValueInfo(value))),
  ];
}

function writeNode(node: OnnxNode, name: string): Bytes {
  return [
    ...node.inputs.flatMap((input) => textField(1, input)),
    ...node.outputs.flatMap((output) => textField(2, output)),
    ...textField(3, name),
    ...textField(4, node.operator),
    ...Object.entries(node.attributes ?? {}).flatMap(([key, value]) => messageField(5, writeAttribute(key, value))),
  ];
}

function writeAttribute(name: string, value: number | string | readonly number[]): Bytes {
  const integerKind = 2;
  const textKind = 3;
  const integersKind = 7;
  if (typeof value === 'number') {
    return [...textField(1, name), ...integerField(3, value), ...integerField(20, integerKind)];
  }
  if (typeof value === 'string') return [...textField(1, name), ...textField(4, value), ...integerField(20, textKind)];
  return [...textField(1, name), ...value.flatMap((item) => integerField(8, item)), ...integerField(20, integersKind)];
}

function writeTensor({ name, shape, values }: OnnxTensor): Bytes {
  const floatType = 1;
  const int64Type = 7;
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [
    ...shape.flatMap((size) => integerField(1, size)),
    ...integerField(2, values instanceof Float32Array ? floatType : int64Type),
    ...textField(8, name),
    ...message(9, raw),
  ];
}

function writeValueInfo({ name, shape }: OnnxGraphValue): Bytes {
  const floatType = 1;
  const dimensions = shape.flatMap((size) => messageField(1, integerField(1, size)));
  const tensorType = [...integerField(1, floatType), ...messageField(2, dimensions)];
  return [...textField(1, name), ...messageField(2, messageField(1, tensorType))];
}
