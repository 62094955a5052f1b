import { chooseRows, type RowChoice } from './chooseRows.ts';
import { type RecordBatch, readPieces, splitRecords } from './splitRecords.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface RowOptions {
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
  /** Told of a row that is not JSON; the others are read all the same. */
  readonly onFault: (sentence: string) => void;
  /** All rows where it is left out. */
  readonly choice?: RowChoice | undefined;
  readonly pieceBytes?: number;
}

/**
 * Every row of a table as an object, in batches; memory is bounded by the size of a piece.
 * Throws an Error in plain words where the file is no table, and the signal's reason when it is aborted.
 */
export async function* parseRows(file: Blob, options: RowOptions): AsyncGenerator<readonly Row[]> {
  const pieces = readPieces(file, options.signal, options.onBytes, options.pieceBytes);
  const { choice = { kind: 'all' }, onFault } = options;
  for await (const batch of splitRecords(pieces)) {
    yield choice.kind === 'all' ? parseAll(batch, onFault) : parseChosen(chooseRows(batch, choice), onFault);
  }
}

/** All rows at once: one call for many is several times as fast as one each. */
function parseAll({ text, borders }: RecordBatch, onFault: RowOptions['onFault']): Row[] {
  try {
    const rows = JSON.parse(`[${text.slice(borders[0], borders.at(-1))}]`) as unknown[];
    // Between the rows anything may stand that JSON allows.
    const objects = rows.filter(isRow);
    if (objects.length < rows.length)
      onFault(`${rows.length - objects.length} entries are no objects and are left out.`);
    return objects;
  } catch {
    const each = Array.from({ length: borders.length / 2 }, (_, row) => [borders[row * 2], borders[row * 2 + 1]]);
    return parseEach(
      each.map(([start, end]) => text.slice(start, end)),
      onFault,
    );
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseChosen(texts: readonly string[], onFault: RowOptions['onFault']): Row[] {
  try {
    const rows = JSON.parse(`[${texts.join(',')}]`) as Row[];
    // Halves of rows can make a whole one where a quote is missing: then they are looked at one by one.
    if (rows.length === texts.length) return rows;
  } catch {}
  return parseEach(texts, onFault);
}

function parseEach(texts: readonly string[], onFault: RowOptions['onFault']): Row[] {
  return texts.flatMap((text) => {
    const row = parseRow(text);
    if (!row) onFault(`A row is not JSON and is left out: ${text.replace(/\s+/g, ' ').slice(0, 80)}…`);
    return row ? [row] : [];
  });
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
