import { type ProtobufField, readFields, readIntegers } from './protobuf.ts';

/** One operator of a file, with its integer attributes (a single integer is a list of one). */
export interface OnnxFileNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly integers: ReadonlyMap<string, readonly number[]>;
}

/** What of an ONNX file can be read without running it. */
export interface OnnxFile {
  readonly nodes: readonly OnnxFileNode[];
  /** Shapes of the stored tensors, initializers and Constant nodes alike. */
  readonly constants: ReadonlyMap<string, readonly number[]>;
}

/** Read the nodes and the shapes of the constants of an ONNX file. Throws a RangeError where the file is cut off. */
export function readOnnx(file: Uint8Array): OnnxFile {
  const graph = readFields(file)
    .filter(({ field }) => field === 7)
    .flatMap(({ value }) => readFields(value as Uint8Array));
  const constants = new Map<string, readonly number[]>();
  for (const tensor of listMessages(graph, 5)) constants.set(readText(tensor, 8), readIntegers(tensor, 1));
  const nodes = listMessages(graph, 1).map((node) => {
    const outputs = listTexts(node, 2);
    const integers = new Map<string, readonly number[]>();
    for (const attribute of listMessages(node, 5)) {
      const name = readText(attribute, 1);
      const single = attribute.find(({ field }) => field === 3)?.value;
      integers.set(name, typeof single === 'number' ? [single] : readIntegers(attribute, 8));
      const [tensor] = listMessages(attribute, 5);
      if (tensor && outputs[0] !== undefined) constants.set(outputs[0], readIntegers(tensor, 1));
    }
    return { name: readText(node, 3), operator: readText(node, 4), inputs: listTexts(node, 1), outputs, integers };
  });
  // Weights stored in half precision reach their operator through a Cast.
  for (const { operator, inputs, outputs } of nodes) {
    const stored = operator === 'Cast' ? constants.get(inputs[0] ?? '') : undefined;
    if (stored && outputs[0] !== undefined) constants.set(outputs[0], stored);
  }
  return { nodes, constants };
}

function listMessages(fields: readonly ProtobufField[], field: number): ProtobufField[][] {
  return fields.flatMap((item) => (item.field === field ? [readFields(item.value as Uint8Array)] : []));
}

function listTexts(fields: readonly ProtobufField[], field: number): string[] {
  const decoder = new TextDecoder();
  return fields.flatMap((item) => (item.field === field ? [decoder.decode(item.value as Uint8Array)] : []));
}

function readText(fields: readonly ProtobufField[], field: number): string {
  return listTexts(fields, field)[0] ?? '';
}
