/**
 * The words in which files from outside are described: zod's small edition, in English, and the checks that recur.
 * Every function here is free of side effects and says so: a worker that only wants the sums beside a schema leaves it out of its bundle.
 */
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

z.config(english());

export { z };

/** Text of at least one character. */
// @__NO_SIDE_EFFECTS__
export function filledText() {
  return z.string().check(z.minLength(1));
}

/** Text that `pattern` describes; `fault` completes the sentence “<field>: …” where it does not. */
// @__NO_SIDE_EFFECTS__
export function matchingText(pattern: RegExp, fault?: string) {
  return z.string().check(z.regex(pattern, fault));
}

/** A whole number from `minimum` to `maximum`. */
// @__NO_SIDE_EFFECTS__
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) {
  return z.int().check(z.minimum(minimum), z.maximum(maximum));
}

/** A number above zero. */
// @__NO_SIDE_EFFECTS__
export function positiveNumber() {
  return z.number().check(z.positive());
}

/** x, y, z. */
// @__NO_SIDE_EFFECTS__
export function vector3() {
  return z.tuple([z.number(), z.number(), z.number()]);
}

/** x, y, z, each above zero. */
// @__NO_SIDE_EFFECTS__
export function lengths3() {
  return z.tuple([positiveNumber(), positiveNumber(), positiveNumber()]);
}

/** A list of at least one `item`. */
// @__NO_SIDE_EFFECTS__
export function filledList<Item extends z.ZodMiniType>(item: Item) {
  return z.array(item).check(z.minLength(1));
}

/** A list of exactly `length` numbers. */
// @__NO_SIDE_EFFECTS__
export function numbers(length: number) {
  return z.array(z.number()).check(z.length(length));
}

/** `schema` with further checks: `z.refine`, `z.superRefine`, `z.length` and their like. */
// @__NO_SIDE_EFFECTS__
export function checked<Schema extends z.ZodMiniType>(
  schema: Schema,
  ...checks: Parameters<z.ZodMiniType<z.output<Schema>>['check']>
): Schema {
  return schema.check(...(checks as Parameters<Schema['check']>)) as Schema;
}
