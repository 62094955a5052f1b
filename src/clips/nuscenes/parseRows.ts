import { type RecordBatch, readPieces, splitRecords } from './splitRecords.ts';
import { chooseByToken, type TokenFilter } from './tokenFilter.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface RowOptions {
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
  /** Told of a row that is not JSON; the others are read all the same. */
  readonly onFault: (sentence: string) => void;
  /** Only rows with the word `true` are wanted: the key frames of `sample_data`, whose only such field it is. */
  readonly onlyTrue?: boolean;
  /** Only rows with one of these tokens are wanted. Others may come too: whoever asks looks again. */
  readonly tokens?: TokenFilter | undefined;
  readonly pieceBytes?: number;
}

/**
 * Every row of a table as an object, in batches; memory is bounded by the size of a piece.
 * Throws an Error in plain words where the file is no table, and the signal's reason when it is aborted.
 */
export async function* parseRows(file: Blob, options: RowOptions): AsyncGenerator<readonly Row[]> {
  const pieces = readPieces(file, options.signal, options.onBytes, options.pieceBytes);
  for await (const batch of splitRecords(pieces)) {
    const { tokens } = options;
    if (tokens) yield parseChosen({ ...batch, hasTrue: chooseByToken(batch, tokens) }, options.onFault);
    else yield options.onlyTrue ? parseChosen(batch, options.onFault) : parseAll(batch, options.onFault);
  }
}

const decoder = new TextDecoder();

/** All rows at once: one call for many is several times as fast as one each. */
function parseAll(batch: RecordBatch, onFault: RowOptions['onFault']): Row[] {
  const { bytes, borders } = batch;
  const text = decoder.decode(bytes.subarray(borders[0], borders.at(-1)));
  try {
    const rows = JSON.parse(`[${text}]`) as unknown[];
    // Between the rows anything may stand that JSON allows.
    const objects = rows.filter(isRow);
    if (objects.length < rows.length)
      onFault(`${rows.length - objects.length} entries are no objects and are left out.`);
    return objects;
  } catch {
    return parseChosen({ ...batch, hasTrue: batch.hasTrue.map(() => true) }, onFault);
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseChosen({ bytes, borders, hasTrue }: RecordBatch, onFault: RowOptions['onFault']): Row[] {
  const rows: Row[] = [];
  hasTrue.forEach((isChosen, index) => {
    if (!isChosen) return;
    const text = decoder.decode(bytes.subarray(borders[index * 2], borders[index * 2 + 1]));
    const row = parseRow(text);
    if (row) rows.push(row);
    else onFault(`A row is not JSON and is left out: ${text.replace(/\s+/g, ' ').slice(0, 80)}…`);
  });
  return rows;
}

function parseRow(text: string): Row | null {
  try {
    return JSON.parse(text) as Row;
  } catch {
    try {
      // Python writes NaN and Infinity, which JSON does not have; as null they are found where numbers are checked.
      return JSON.parse(text.replace(/(?<=[[:,\s])-?(NaN|Infinity)(?=[\],}\s])/g, 'null')) as Row;
    } catch {
      return null;
    }
  }
}
