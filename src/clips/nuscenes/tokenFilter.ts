import type { RecordBatch } from './splitRecords.ts';

/** Tokens by a number made of their bytes: a row is left out without being parsed, and two tokens of one number cost a row parsed in vain. */
export type TokenFilter = ReadonlySet<number>;

export function createTokenFilter(tokens: Iterable<string>): TokenFilter {
  const encoder = new TextEncoder();
  const numbers = new Set<number>();
  for (const token of tokens) {
    const bytes = encoder.encode(token);
    numbers.add(hashBytes(bytes, 0, bytes.length));
  }
  return numbers;
}

const beginning = new TextEncoder().encode('"token"');
const quote = 0x22;
const backslash = 0x5c;

/** For each row whether it may have one of the tokens. Rows that do not begin with theirs are always taken. */
export function chooseByToken({ bytes, borders, hasTrue }: RecordBatch, filter: TokenFilter): boolean[] {
  return hasTrue.map((_, row) => {
    let at = skipBlanks(bytes, borders[row * 2]! + 1);
    for (const byte of beginning) if (bytes[at++] !== byte) return true;
    at = skipBlanks(bytes, at);
    if (bytes[at++] !== 0x3a) return true;
    at = skipBlanks(bytes, at);
    if (bytes[at++] !== quote) return true;
    let end = at;
    while (end < borders[row * 2 + 1]! && bytes[end] !== quote) {
      if (bytes[end] === backslash) return true;
      end += 1;
    }
    return filter.has(hashBytes(bytes, at, end));
  });
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at]! <= 0x20) at += 1;
  return at;
}

/** FNV-1a, 32 bits. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash >>> 0;
}
