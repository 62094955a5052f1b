import { type RecordBatch, skipBlanks } from './splitRecords.ts';

/** Which rows of a table are wanted. Told without parsing them, so that some come that are not: whoever asks looks again. */
export type RowChoice =
  | { readonly kind: 'all' }
  /** Rows in which the word `true` stands: the key frames of `sample_data`, whose only such field it is. */
  | { readonly kind: 'true' }
  /** Rows with one of these tokens. */
  | { readonly kind: 'tokens'; readonly tokens: TokenSet };

/** The texts of the wanted rows. */
export function chooseRows({ text, borders }: RecordBatch, choice: Exclude<RowChoice, { kind: 'all' }>): string[] {
  const isWanted = choice.kind === 'true' ? createTrueSearch(text) : createTokenSearch(text, choice.tokens);
  const rows: string[] = [];
  for (let index = 0; index < borders.length; index += 2) {
    const [start, end] = [borders[index]!, borders[index + 1]!];
    if (isWanted(start, end)) rows.push(text.slice(start, end));
  }
  return rows;
}

type RowTest = (start: number, end: number) => boolean;

/** For rows in their order: the text is searched once, from one `true` to the next. */
function createTrueSearch(text: string): RowTest {
  let found = -1;
  return (start, end) => {
    if (found < start) {
      const next = text.indexOf('true', start);
      found = next === -1 ? text.length : next;
    }
    return found < end;
  };
}

const key = '"token"';
const quote = 0x22;
const backslash = 0x5c;

/** Rows that do not begin with their token are always wanted, and those whose token is written with escapes. */
function createTokenSearch(text: string, tokens: TokenSet): RowTest {
  // Rows of a table begin alike: what stands before the token of one stands before that of the next.
  let beginning = '';
  return (start, end) => {
    if (beginning === '' || !text.startsWith(beginning, start)) {
      const at = findToken(text, start);
      if (at === null) return true;
      beginning = text.slice(start, at);
    }
    const at = start + beginning.length;
    if (!tokens.mayHave(text, at)) return false;
    const close = text.indexOf('"', at);
    if (close === -1 || close >= end) return true;
    const token = text.slice(at, close);
    return token.includes('\\') || tokens.has(token);
  };
}

function findToken(text: string, start: number): number | null {
  let at = skipBlanks(text, start + 1);
  if (!text.startsWith(key, at)) return null;
  at = skipBlanks(text, at + key.length);
  if (text[at] !== ':') return null;
  at = skipBlanks(text, at + 1);
  return text[at] === '"' ? at + 1 : null;
}

/** Tokens to be found in a text. */
export interface TokenSet {
  has(token: string): boolean;
  /** False where none of the tokens stands at this place: mostly told by its first letters alone. */
  mayHave(text: string, at: number): boolean;
}

const letters = 8;
const bits = 24;

/** A set of the tokens with a table of bits, one for each number that their first letters make: most others are told apart without being cut out. */
export function createTokenSet(tokens: { has(token: string): boolean; keys(): Iterable<string> }): TokenSet {
  const table = new Uint8Array(2 ** (bits - 3));
  for (const token of tokens.keys()) {
    const number = hashBeginning(token, 0);
    table[number >> 3]! |= 1 << (number & 7);
  }
  return {
    has: (token) => tokens.has(token),
    mayHave(text, at) {
      const number = hashBeginning(text, at);
      return number === -1 || (table[number >> 3]! & (1 << (number & 7))) !== 0;
    },
  };
}

/** A number of the letters up to the next quote, at most the first few; -1 where one of them is written with an escape. */
function hashBeginning(text: string, at: number): number {
  let hash = 0x811c9dc5;
  for (let place = at; place < at + letters && place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === quote) break;
    if (code === backslash) return -1;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  return (hash ^ (hash >>> bits)) & (2 ** bits - 1);
}
