import { OccuscopeError } from '../../errors/catalogue.ts';
import { decodeHalf } from './decodeHalf.ts';

/** Element types that are read, in NumPy's words. */
export type NumpyType =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64';

/** float16 becomes Float32Array, 64-bit integers become Float64Array (refused where that is not exact), bool becomes 0 and 1. */
export type NumpyData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** One array in C order, whatever order the file has. */
export interface NumpyArray {
  /** Type in the file. */
  readonly type: NumpyType;
  readonly shape: readonly number[];
  readonly data: NumpyData;
}

/** What stands before the data of a `.npy` file. */
export interface NumpyHeader {
  readonly littleEndian: boolean;
  /** Letter and bytes of the element type: `u1`, `f4`, `U32` (characters), `O` (pickled objects). */
  readonly code: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataStart: number;
}

/** What is read as a header, bytes; NumPy itself stops at 10,000. */
export const LONGEST_HEADER = 1 << 16;

interface ElementReader {
  readonly type: NumpyType;
  readonly bytes: number;
  read(buffer: ArrayBuffer): NumpyData;
}

const readers: Readonly<Record<string, ElementReader>> = {
  b1: { type: 'bool', bytes: 1, read: (buffer) => new Uint8Array(buffer).map((value) => (value ? 1 : 0)) },
  i1: { type: 'int8', bytes: 1, read: (buffer) => new Int8Array(buffer) },
  u1: { type: 'uint8', bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  i2: { type: 'int16', bytes: 2, read: (buffer) => new Int16Array(buffer) },
  u2: { type: 'uint16', bytes: 2, read: (buffer) => new Uint16Array(buffer) },
  i4: { type: 'int32', bytes: 4, read: (buffer) => new Int32Array(buffer) },
  u4: { type: 'uint32', bytes: 4, read: (buffer) => new Uint32Array(buffer) },
  i8: { type: 'int64', bytes: 8, read: (buffer) => convertWide(new BigInt64Array(buffer)) },
  u8: { type: 'uint64', bytes: 8, read: (buffer) => convertWide(new BigUint64Array(buffer)) },
  f2: { type: 'float16', bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), decodeHalf) },
  f4: { type: 'float32', bytes: 4, read: (buffer) => new Float32Array(buffer) },
  f8: { type: 'float64', bytes: 8, read: (buffer) => new Float64Array(buffer) },
};

/**
 * Read one `.npy` file (format versions 1 to 3).
 * Throws OccuscopeError `array-file-invalid` for text, objects (pickles), structured types and damaged files; `name` is for its message.
 * Source: numpy.lib.format.
 */
export function parseNpy(bytes: Uint8Array, name = 'array'): NumpyArray {
  const header = readNpyHeader(bytes, name);
  const reader = Object.hasOwn(readers, header.code) ? readers[header.code] : undefined;
  if (!reader) throw refuse(name, describeUnreadable(header.code));
  const count = header.shape.includes(0) ? 0 : header.shape.reduce((product, size) => product * size, 1);
  const end = header.dataStart + count * reader.bytes;
  if (end > bytes.byteLength) throw refuse(name, `ends after ${bytes.byteLength} of ${end} bytes`);
  const copy = bytes.slice(header.dataStart, end);
  if (!header.littleEndian) swapBytes(copy, reader.bytes);
  const stored = readOrRefuse(reader, copy.buffer as ArrayBuffer, name);
  const data = header.fortranOrder ? reorderFromFortran(stored, header.shape) : stored;
  return { type: reader.type, shape: header.shape, data };
}

/** The one piece of text that a 0-d unicode array holds (`numpy.array('…')`), or null where the array is something else. */
export function readNpyText(bytes: Uint8Array, name = 'array'): string | null {
  const { code, shape, dataStart, littleEndian } = readNpyHeader(bytes, name);
  const characters = /^U(\d{1,4})$/.exec(code)?.[1];
  const end = dataStart + 4 * Number(characters ?? 0);
  if (characters === undefined || shape.some((size) => size !== 1) || end > bytes.byteLength) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let text = '';
  for (let at = dataStart; at < end; at += 4) {
    const point = view.getUint32(at, littleEndian);
    if (point > 0x10ffff) return null;
    if (point !== 0) text += String.fromCodePoint(point);
  }
  return text;
}

/** Read what stands before the data. Throws `array-file-invalid` where it is damaged or describes more than numbers can count. */
export function readNpyHeader(bytes: Uint8Array, name = 'array'): NumpyHeader {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.byteLength < 12 || magic.some((value, index) => bytes[index] !== value))
    throw refuse(name, 'is no .npy file');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw refuse(name, `has .npy version ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthBytes = version === 1 ? 2 : 4;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = 8 + lengthBytes + length;
  if (dataStart > LONGEST_HEADER) throw refuse(name, `has a header of ${length} bytes`);
  if (dataStart > bytes.byteLength) throw refuse(name, 'ends inside its header');
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(8 + lengthBytes, dataStart));
  const descriptor = /'descr'\s*:\s*'([<>|=])([A-Za-z]\d*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  // Python 2 wrote long integers with an L.
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (!order || !shape) throw refuse(name, 'has an unreadable header');
  if (!descriptor) throw refuse(name, 'has a structured element type');
  const sizes = shape[1]!.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part.replace('L', ''))]));
  if (sizes.length > 32 || sizes.some((size) => !Number.isSafeInteger(size)))
    throw refuse(name, 'has a shape that no array can have');
  return {
    littleEndian: descriptor[1] !== '>',
    code: descriptor[2]!,
    fortranOrder: order[1] === 'True',
    shape: sizes,
    dataStart,
  };
}

function describeUnreadable(code: string): string {
  if (code.startsWith('O')) return 'holds pickled Python objects';
  if (code.startsWith('U') || code.startsWith('S')) return 'holds text';
  return `has element type ${code}`;
}

function refuse(name: string, fault: string): OccuscopeError {
  return new OccuscopeError('array-file-invalid', { detail: `${name} ${fault}.` });
}

function readOrRefuse(reader: ElementReader, buffer: ArrayBuffer, name: string): NumpyData {
  try {
    return reader.read(buffer);
  } catch (cause) {
    throw new OccuscopeError('array-file-invalid', { detail: `${name}: ${String(cause)}`, cause });
  }
}

function convertWide(values: BigInt64Array | BigUint64Array): Float64Array {
  return Float64Array.from(values, (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`${value} does not fit into 53 bits`);
    return number;
  });
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

/** Fortran order has the first axis fastest; ours has the last. */
function reorderFromFortran(stored: NumpyData, shape: readonly number[]): NumpyData {
  const ordered = stored.slice();
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const position = shape.map(() => 0);
  let source = 0;
  for (let target = 0; target < ordered.length; target++) {
    ordered[target] = stored[source]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis]!;
      position[axis]! += 1;
      if (position[axis]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return ordered;
}
