/** Rows of one table that are complete in a piece of it. */
export interface RecordBatch {
  readonly text: string;
  /** Start and end of each row in `text`, interleaved. */
  readonly borders: readonly number[];
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const open = 0x7b;
const close = 0x7d;
const openList = 0x5b;
const closeList = 0x5d;
const byteOrderMark = 0xfeff;

/** A row longer than this is no row of a table, characters. */
const longestRow = 64 << 20;

/**
 * Cut a nuScenes table, a JSON array of objects of any size, at the borders of its rows without parsing it: each piece is looked at
 * once, and only the row that a border of pieces cuts is carried on. Throws an Error in plain words where the table is no such array or ends early.
 */
export async function* splitRecords(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<RecordBatch> {
  let rest = '';
  let isOpen = false;
  let isClosed = false;
  for await (const piece of decodePieces(pieces)) {
    const text = rest + piece;
    let from = 0;
    if (!isOpen) {
      from = skipBlanks(text, text.charCodeAt(0) === byteOrderMark ? 1 : 0);
      if (from === text.length) continue;
      if (text.charCodeAt(from) !== openList) throw new Error('does not begin with [: it is no list of rows');
      isOpen = true;
      from += 1;
    }
    const { borders, restFrom, closed } = findRows(text, from);
    isClosed ||= closed;
    rest = text.slice(restFrom);
    if (rest.length > longestRow) throw new Error('has a row that does not end');
    if (borders.length > 0) yield { text, borders };
  }
  if (!isOpen) throw new Error('is empty');
  if (!isClosed) throw new Error('ends in the middle: the file is cut short');
}

/** The pieces as text. A letter that a border of pieces cuts waits for its rest, so that each piece is decoded at once: several times as fast as a stream. */
async function* decodePieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    const bytes = rest.length > 0 ? concatenate(rest, piece) : piece;
    const end = findLetterBorder(bytes);
    rest = bytes.slice(end);
    yield decoder.decode(bytes.subarray(0, end));
  }
  if (rest.length > 0) yield decoder.decode(rest);
}

/** Where the last letter ends that is there whole: UTF-8 says in a letter's first byte how many follow. */
function findLetterBorder(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const byte = bytes[at]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return at + length > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function concatenate(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}

function findRows(text: string, from: number): { borders: number[]; restFrom: number; closed: boolean } {
  const borders: number[] = [];
  let closed = false;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === open) {
      const end = findPlainEnd(text, at) ?? walkToEnd(text, at);
      if (end === null) return { borders, restFrom: at, closed };
      borders.push(at, end);
      at = end;
    } else {
      if (code === quote) at = skipText(text, at);
      else if (code === closeList) closed = true;
      at += 1;
    }
  }
  return { borders, restFrom: text.length, closed };
}

/**
 * End of the row that begins at `start`, where that is plain to see: no other `{` stands between it and `}, {"a`, the seam to the next row.
 * A seam in the middle of a text would not be JSON, since its quote would end the text and a letter follow. Null where one has to look closer.
 * The search for a character is the browser's own and tens of times as fast as looking at each.
 */
function findPlainEnd(text: string, start: number): number | null {
  const next = text.indexOf('{', start + 1);
  if (next === -1) return null;
  const seam = skipBlanksBack(text, next - 1);
  if (text.charCodeAt(seam) !== comma) return null;
  const end = skipBlanksBack(text, seam - 1);
  if (text.charCodeAt(end) !== close) return null;
  const key = skipBlanks(text, next + 1);
  return text.charCodeAt(key) === quote && isLetter(text.charCodeAt(key + 1)) ? end + 1 : null;
}

/** End of the row that begins at `start`, seen character by character; null where it does not end in the text. */
function walkToEnd(text: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = skipText(text, at);
    else if (code === open) depth += 1;
    else if (code === close && --depth === 0) return at + 1;
  }
  return null;
}

/** Position of the quote that ends the text that begins at `at`; the end of all where it does not end. */
function skipText(text: string, at: number): number {
  let place = at + 1;
  for (; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === backslash) place++;
    else if (code === quote) return place;
  }
  return place;
}

/** Position of the first character from `from` on that is no blank. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function skipBlanksBack(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at--;
  return at;
}

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

/** A file in pieces, the next one being read while one is looked at. `onBytes` counts what has been read. */
export async function* readPieces(
  file: Blob,
  signal: AbortSignal,
  onBytes: (count: number) => void,
  pieceBytes = 2 << 20,
): AsyncGenerator<Uint8Array> {
  const read = (start: number) => file.slice(start, start + pieceBytes).arrayBuffer();
  let next: Promise<ArrayBuffer> | null = file.size > 0 ? read(0) : null;
  for (let start = 0; next; ) {
    const bytes: Uint8Array = new Uint8Array(await next);
    signal.throwIfAborted();
    start += pieceBytes;
    next = start < file.size ? read(start) : null;
    next?.catch(() => undefined);
    onBytes(bytes.length);
    yield bytes;
  }
}
