/** A stream of numbers that a seed decides (mulberry32). */
export interface Random {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0;
      let value = Math.imul(state ^ (state >>> 15), 1 | state);
      value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
      return ((value ^ (value >>> 14)) >>> 0) % Math.max(1, limit);
    },
  };
}

/** Values at which lengths, counts and offsets break. */
const interesting = [
  0,
  1,
  2,
  7,
  8,
  15,
  16,
  127,
  128,
  255,
  256,
  32767,
  32768,
  65535,
  65536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

/** Words that break readers of text. */
const words = [
  '-1',
  '0',
  '1e999',
  'NaN',
  'Infinity',
  '-Infinity',
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '[[[[[[[[',
  '9007199254740993',
  '1e-320',
  '"\\u0000"',
  '"../../x"',
  '"__proto__"',
  ',',
  ':',
  '"',
  '\\',
  '\n',
  '\t',
  ';',
  ' ',
  'é',
  '\u2028',
  '0x10',
  '-',
  '.',
  '1.7976931348623157e308',
  '99999999999999999999',
];

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

function splice(bytes: Uint8Array, start: number, end: number, insert: Uint8Array): Uint8Array {
  const out = new Uint8Array(start + insert.length + Math.max(0, bytes.length - end));
  out.set(bytes.subarray(0, start));
  out.set(insert, start);
  out.set(bytes.subarray(end), start + insert.length);
  return out;
}

const encoder = new TextEncoder();

const mutations: readonly Mutation[] = [
  // One bit.
  (bytes, random) => {
    const out = bytes.slice();
    if (out.length > 0) out[random.below(out.length)]! ^= 1 << random.below(8);
    return out;
  },
  // One byte.
  (bytes, random) => {
    const out = bytes.slice();
    if (out.length > 0) out[random.below(out.length)] = random.below(256);
    return out;
  },
  // A number of 1, 2, 4 or 8 bytes.
  (bytes, random) => {
    const out = bytes.slice();
    const width = 1 << random.below(4);
    if (out.length < width) return out;
    const at = random.below(out.length - width + 1);
    let value = interesting[random.below(interesting.length)]!;
    for (let index = 0; index < width; index++) {
      out[at + index] = value & 255;
      value = Math.floor(value / 256);
    }
    return out;
  },
  // Cut off.
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  // A piece less, a piece twice, a piece elsewhere.
  (bytes, random) => {
    const start = random.below(bytes.length + 1);
    return splice(bytes, start, start + random.below(64), new Uint8Array(0));
  },
  (bytes, random) => {
    const start = random.below(bytes.length + 1);
    return splice(bytes, start, start, bytes.slice(start, start + random.below(64)));
  },
  (bytes, random) => {
    const piece = random.below(bytes.length + 1);
    const target = random.below(bytes.length + 1);
    return splice(bytes, target, target + random.below(32), bytes.slice(piece, piece + random.below(32)));
  },
  // The head of this and the tail of another.
  (bytes, random, others) => {
    const other = others[random.below(others.length)]!;
    return splice(bytes, random.below(bytes.length + 1), bytes.length, other.slice(random.below(other.length + 1)));
  },
];

const textMutations: readonly Mutation[] = [
  ...mutations,
  // A word in place of a number, a string or a bracket.
  (bytes, random) => {
    const text = new TextDecoder('latin1').decode(bytes);
    const places = [...text.matchAll(/-?\d[\d.e+-]*|"[^"]*"|[[\]{}:,]|\w+/g)];
    const place = places[random.below(places.length)];
    const word = encoder.encode(words[random.below(words.length)]!);
    return place ? splice(bytes, place.index, place.index + place[0].length, word) : word;
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return splice(bytes, at, at, encoder.encode(words[random.below(words.length)]!));
  },
  // A line less, a line twice.
  (bytes, random) => {
    const lines = new TextDecoder().decode(bytes).split('\n');
    const line = random.below(lines.length);
    lines.splice(line, random.below(2) + 1, ...(random.below(2) ? [lines[line]!, lines[line]!] : []));
    return encoder.encode(lines.join('\n'));
  },
];

/** The largest input, bytes: mutations do not grow without end. */
const largest = 1 << 16;

/** What inputs are: bytes, lines of text, or JSON that stays JSON most of the time. */
export type InputForm = 'binary' | 'text' | 'json';

/** One input: a seed of the corpus changed one to six times. */
export function mutate(corpus: readonly Uint8Array[], form: InputForm, random: Random): Uint8Array {
  const list = form === 'binary' ? mutations : textMutations;
  let bytes = corpus[random.below(corpus.length)]!;
  const times = 1 + random.below(6);
  if (form === 'json' && random.below(8) > 0) return mutateJson(bytes, random, times);
  for (let time = 0; time < times; time++) bytes = list[random.below(list.length)]!(bytes, random, corpus);
  return bytes.length > largest ? bytes.slice(0, largest) : bytes;
}

const values: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '../../x',
  '__proto__',
  0,
  -1,
  0.5,
  1e308,
  -1e308,
  2 ** 53,
  [],
  {},
  [[]],
  [null],
  { kind: 'onnx' },
  'a'.repeat(5000),
  Array.from({ length: 300 }, () => 0),
  { a: { a: { a: {} } } },
];

type Holder = Record<string, unknown>;

/** Values anywhere in the tree are replaced, left out, doubled or moved. */
function mutateJson(bytes: Uint8Array, random: Random, times: number): Uint8Array {
  const root = { json: JSON.parse(new TextDecoder().decode(bytes)) as unknown } as Holder;
  for (let time = 0; time < times; time++) {
    const places = listPlaces(root);
    if (places.length === 0) break;
    const [holder, key] = places[random.below(places.length)]!;
    const [other, otherKey] = places[random.below(places.length)]!;
    const kind = random.below(4);
    if (kind === 0) holder[key] = structuredClone(values[random.below(values.length)]);
    else if (kind === 1) delete holder[key];
    else if (kind === 2) holder[key] = structuredClone(other[otherKey]);
    else holder[String(values[random.below(7)])] = structuredClone(holder[key]);
  }
  return encoder.encode(JSON.stringify(root.json) ?? 'null');
}

function listPlaces(holder: Holder): [Holder, string][] {
  return Object.keys(holder).flatMap((key): [Holder, string][] => {
    const value = holder[key];
    const inner = typeof value === 'object' && value !== null ? listPlaces(value as Holder) : [];
    return [[holder, key], ...inner];
  });
}
