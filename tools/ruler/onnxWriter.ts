/** One operator of an ONNX graph. Attributes: a number is an integer attribute, an array a list of integers. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Float32Array is stored as FLOAT, BigInt64Array as INT64. */
  readonly values: Float32Array | BigInt64Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly constants: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
}

const floatType = 1;
const int64Type = 7;
const operatorSet = 17;
const formatVersion = 8;

/** Serialise a float32 graph as an ONNX file (protobuf; field numbers from onnx.proto3, operator set 17). */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const operatorSetId = [...textField(1, ''), ...varintField(2, operatorSet)];
  return Uint8Array.from([
    ...varintField(1, formatVersion),
    ...textField(2, 'occuscope ruler'),
    ...bytesField(7, writeGraph(graph)),
    ...bytesField(8, operatorSetId),
  ]);
}

function writeGraph(graph: OnnxGraph): number[] {
  return [
    ...graph.nodes.flatMap((node, index) => bytesField(1, writeNode(node, `${node.operator}_${index}`))),
    ...textField(2, graph.name),
    ...graph.constants.flatMap((tensor) => bytesField(5, writeTensor(tensor))),
    ...graph.inputs.flatMap((value) => bytesField(11, writeValueInfo(value.name, value.shape))),
    ...graph.outputs.flatMap((value) => bytesField(12, writeValueInfo(value.name, value.shape))),
  ];
}

function writeNode(node: OnnxNode, name: string): number[] {
  return [
    ...node.inputs.flatMap((input) => textField(1, input)),
    ...node.outputs.flatMap((output) => textField(2, output)),
    ...textField(3, name),
    ...textField(4, node.operator),
    ...Object.entries(node.attributes ?? {}).flatMap(([key, value]) => bytesField(5, writeAttribute(key, value))),
  ];
}

function writeAttribute(name: string, value: number | readonly number[]): number[] {
  const integerKind = 2;
  const integersKind = 7;
  if (typeof value === 'number') {
    return [...textField(1, name), ...varintField(3, value), ...varintField(20, integerKind)];
  }
  return [...textField(1, name), ...value.flatMap((item) => varintField(8, item)), ...varintField(20, integersKind)];
}

function writeTensor({ name, shape, values }: OnnxTensor): number[] {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [
    ...shape.flatMap((size) => varintField(1, size)),
    ...varintField(2, values instanceof Float32Array ? floatType : int64Type),
    ...textField(8, name),
    ...bytesField(9, raw),
  ];
}

function writeValueInfo(name: string, shape: readonly number[]): number[] {
  const dimensions = shape.flatMap((size) => bytesField(1, varintField(1, size)));
  const tensorType = [...varintField(1, floatType), ...bytesField(2, dimensions)];
  return [...textField(1, name), ...bytesField(2, bytesField(1, tensorType))];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function varintField(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function bytesField(field: number, bytes: ArrayLike<number>): number[] {
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...Array.from(bytes)];
}

function textField(field: number, text: string): number[] {
  return bytesField(field, new TextEncoder().encode(text));
}
