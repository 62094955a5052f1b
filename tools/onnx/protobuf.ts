/** Pieces of a protobuf message that are joined once, at the end. */
export type Bytes = readonly Uint8Array[];

const encoder = new TextEncoder();

export function integerField(field: number, value: number): Bytes {
  return [writeVarint(field * 8), writeVarint(value)];
}

export function textField(field: number, text: string): Bytes {
  return message(field, encoder.encode(text));
}

export function messageField(field: number, body: Bytes): Bytes {
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  return [writeVarint(field * 8 + 2), writeVarint(length), ...body];
}

/** A field of bytes that are already whole. */
export function message(field: number, body: Uint8Array): Bytes {
  return messageField(field, [body]);
}

export function join(pieces: Bytes): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

/** Negative numbers are int64: ten bytes of two's complement. */
function writeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) + 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** One field of a message: a number for a varint, bytes for everything with a length or a fixed size. */
export interface ProtobufField {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** Read the fields of a message in file order; varints are int64, of which those past 2^53 lose precision. Throws a RangeError on a message that is cut off. */
export function readFields(bytes: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let offset = 0;
  const readVarint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[offset++];
      if (byte === undefined) throw new RangeError('a protobuf message is cut off');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  const take = (length: number): Uint8Array => {
    if (offset + length > bytes.length) throw new RangeError('a protobuf message is cut off');
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  const readValue = (kind: number): number | Uint8Array => {
    if (kind === 0) return readVarint();
    if (kind === 1) return take(8);
    if (kind === 2) return take(readVarint());
    if (kind === 5) return take(4);
    throw new RangeError(`protobuf fields of kind ${kind} are not known`);
  };
  while (offset < bytes.length) {
    const tag = readVarint();
    fields.push({ field: Math.floor(tag / 8), value: readValue(tag % 8) });
  }
  return fields;
}

/** Numbers of a repeated integer field, which a writer may pack into bytes or not. */
export function readIntegers(fields: readonly ProtobufField[], field: number): number[] {
  return fields.flatMap((item) => {
    if (item.field !== field) return [];
    return typeof item.value === 'number' ? [item.value] : unpackVarints(item.value);
  });
}

/** Packed numbers read like fields: put a varint tag before each. */
function unpackVarints(bytes: Uint8Array): number[] {
  const ends = [...bytes.keys()].filter((index) => bytes[index]! < 128);
  return ends.map((end, index) => {
    const start = index === 0 ? 0 : ends[index - 1]! + 1;
    return readFields(Uint8Array.of(8, ...bytes.subarray(start, end + 1)))[0]!.value as number;
  });
}
