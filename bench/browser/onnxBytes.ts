/** One operator; attributes are integers or strings. */
export interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number | string>>;
}

/** A float32 value that enters or leaves the graph. */
export interface GraphValue {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface GraphConstant extends GraphValue {
  readonly values: Float32Array | BigInt64Array;
}

export interface GraphParts {
  readonly operatorSet: number;
  readonly inputs: readonly GraphValue[];
  readonly output: GraphValue;
  readonly constants: readonly GraphConstant[];
  readonly nodes: readonly GraphNode[];
}

type Bytes = readonly Uint8Array[];

/** An ONNX file as protobuf bytes, built from pieces so that constants of megabytes stay cheap. Field numbers: onnx.proto3. */
export function writeGraph({ operatorSet, inputs, output, constants, nodes }: GraphParts): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => message(1, writeNode(node))),
    ...text(2, 'benchmark'),
    ...constants.flatMap((constant) => message(5, writeConstant(constant))),
    ...inputs.flatMap((value) => message(11, writeValue(value))),
    ...message(12, writeValue(output)),
  ];
  return join([...integer(1, 10), ...message(7, graph), ...message(8, [...text(1, ''), ...integer(2, operatorSet)])]);
}

function writeNode({ operator, inputs, output, attributes = {} }: GraphNode): Bytes {
  const integerType = 2;
  const stringType = 3;
  return [
    ...inputs.flatMap((input) => text(1, input)),
    ...text(2, output),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) =>
      message(
        5,
        typeof value === 'number'
          ? [...text(1, name), ...integer(3, value), ...integer(20, integerType)]
          : [...text(1, name), ...text(4, value), ...integer(20, stringType)],
      ),
    ),
  ];
}

function writeConstant({ name, shape, values }: GraphConstant): Bytes {
  const [floatType, int64Type] = [1, 7];
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [
    ...shape.flatMap((size) => integer(1, size)),
    ...integer(2, values instanceof Float32Array ? floatType : int64Type),
    ...text(8, name),
    ...message(9, [raw]),
  ];
}

function writeValue({ name, shape }: GraphValue): Bytes {
  const dimensions = shape.flatMap((size) => message(1, integer(1, size)));
  const floatTensor = [...integer(1, 1), ...message(2, dimensions)];
  return [...text(1, name), ...message(2, message(1, floatTensor))];
}

function message(field: number, body: Bytes): Bytes {
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  return [varint(field * 8 + 2), varint(length), ...body];
}

function text(field: number, value: string): Bytes {
  return message(field, [new TextEncoder().encode(value)]);
}

function integer(field: number, value: number): Bytes {
  return [varint(field * 8), varint(value)];
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

function join(pieces: Bytes): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
