import { OccuscopeError } from '../errors/catalogue.ts';

/** What people hand over instead of a network, by the bytes at `at`. */
const strangers: readonly { readonly at: number; readonly begins: string; readonly words: string }[] = [
  { at: 0, begins: '<', words: 'is a web page, not the file: the download went wrong' },
  { at: 0, begins: 'version https://git-lfs', words: 'is a Git LFS pointer: download the file that it stands for' },
  { at: 0, begins: 'PK\u0003\u0004', words: 'is a zip, as PyTorch writes checkpoints: export the network to ONNX' },
  { at: 0, begins: '\u0080\u0002', words: 'is a Python pickle: export the network to ONNX' },
  { at: 0, begins: '\u0089HDF', words: 'is an HDF5 file, as Keras writes weights: export the network to ONNX' },
  { at: 4, begins: 'TFL3', words: 'is a TensorFlow Lite file: export the network to ONNX' },
];

/**
 * Throws `model-part-invalid` where `bytes` are no ONNX file as a whole: a protobuf message with a graph that holds nodes. Only the
 * borders of its fields are looked at. Source: onnx.proto, ModelProto.
 */
export function checkOnnx(file: string, bytes: Uint8Array): void {
  const fault = findOnnxFault(bytes);
  if (fault !== null) throw new OccuscopeError('model-part-invalid', { detail: `${file} ${fault}.` });
}

function findOnnxFault(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return 'is empty';
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const stranger = strangers.find(({ at, begins }) => start.startsWith(begins, at));
  if (stranger) return stranger.words;
  const graph = findField(bytes, 7);
  if (graph === 'cut') return 'is cut off or damaged';
  if (graph === null) return 'is no ONNX file: it holds no graph';
  const node = findField(graph, 1);
  if (node === 'cut') return 'has a graph that is cut off or damaged';
  return node === null ? 'has a graph without nodes' : null;
}

/** The bytes of the first field of this number that has a length, null where there is none; all borders are walked. */
function findField(bytes: Uint8Array, wanted: number): Uint8Array | null | 'cut' {
  let found: Uint8Array | null = null;
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (!tag) return 'cut';
    const kind = tag.value % 8;
    const size = kind === 2 ? readVarint(bytes, tag.end) : { value: { 1: 8, 5: 4 }[kind] ?? 0, end: tag.end };
    if (!size || ![0, 1, 2, 5].includes(kind)) return 'cut';
    const end = kind === 0 ? readVarint(bytes, tag.end)?.end : size.end + size.value;
    if (end === undefined || end > bytes.length) return 'cut';
    if (kind === 2 && Math.floor(tag.value / 8) === wanted) found ??= bytes.subarray(size.end, end);
    at = end;
  }
  return found;
}

/** At most ten bytes; numbers past 2^53 lose precision, which no length needs. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return null;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, end: start + index + 1 };
  }
  return null;
}
