/** Rows of one table that are complete in a piece of it. Positions are bytes in `bytes`. */
export interface RecordBatch {
  readonly bytes: Uint8Array;
  /** Start and end of each row, interleaved. */
  readonly borders: readonly number[];
  /** For each row: whether the word `true` stands in it outside of text. */
  readonly hasTrue: readonly boolean[];
}

const quote = 0x22;
const backslash = 0x5c;
const open = 0x7b;
const close = 0x7d;
const openList = 0x5b;
const closeList = 0x5d;
const letterT = 0x74;

/** A row longer than this is no row of a table, bytes. */
const longestRow = 64 << 20;

/**
 * Cut a nuScenes table, a JSON array of objects of any size, at the borders of its rows without parsing it: each piece is looked at
 * once, and only the row that a border of pieces cuts is carried on. Throws an Error in plain words where the table is no such array or ends early.
 */
export async function* splitRecords(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<RecordBatch> {
  let rest: Uint8Array = new Uint8Array(0);
  let isOpen = false;
  let isClosed = false;
  for await (const piece of pieces) {
    const bytes = concatenate(rest, piece);
    let from = 0;
    if (!isOpen) {
      from = skipBlanks(bytes);
      if (from === bytes.length) continue;
      if (bytes[from] !== openList) throw new Error('does not begin with [: it is no list of rows');
      isOpen = true;
      from += 1;
    }
    const { batch, restFrom, closed } = scan(bytes, from);
    isClosed ||= closed;
    rest = bytes.subarray(restFrom);
    if (rest.length > longestRow) throw new Error('has a row that does not end');
    if (batch.borders.length > 0) yield batch;
  }
  if (!isOpen) throw new Error('is empty');
  if (!isClosed) throw new Error('ends in the middle: the file is cut short');
}

function scan(bytes: Uint8Array, from: number): { batch: RecordBatch; restFrom: number; closed: boolean } {
  const borders: number[] = [];
  const hasTrue: boolean[] = [];
  let depth = 0;
  let start = from;
  let isTrue = false;
  let closed = false;
  const length = bytes.length;
  let restFrom = length;
  for (let at = from; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === quote) {
      at = skipText(bytes, at);
    } else if (byte === letterT) {
      isTrue = true;
    } else if (byte === open) {
      if (depth++ === 0) {
        start = at;
        isTrue = false;
      }
    } else if (byte === close && depth > 0) {
      if (--depth === 0) {
        borders.push(start, at + 1);
        hasTrue.push(isTrue);
      }
    } else if (byte === closeList && depth === 0) {
      closed = true;
    }
  }
  if (depth > 0) restFrom = start;
  return { batch: { bytes, borders, hasTrue }, restFrom, closed };
}

/** Position of the quote that ends the text that begins at `at`; the end of the bytes where it does not end in them. */
function skipText(bytes: Uint8Array, at: number): number {
  let place = at + 1;
  for (; place < bytes.length; place++) {
    const byte = bytes[place]!;
    if (byte === backslash) place++;
    else if (byte === quote) return place;
  }
  return place;
}

function skipBlanks(bytes: Uint8Array): number {
  // A byte order mark, then white space.
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && bytes[at]! <= 0x20) at++;
  return at;
}

function concatenate(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length === 0) return right;
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}

/** A file in pieces, the next one being read while one is looked at. `onBytes` counts what has been read. */
export async function* readPieces(
  file: Blob,
  signal: AbortSignal,
  onBytes: (count: number) => void,
  pieceBytes = 8 << 20,
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
