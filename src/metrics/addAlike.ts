/**
 * Numbers add, arrays and objects add member by member, strings and `classCount` stay.
 * Throws RangeError where a sum leaves the safe integers.
 */
export function addAlike(left: unknown, right: unknown): unknown {
  if (typeof left === 'number') return addIntegers(left, right as number);
  if (Array.isArray(left)) return left.map((value, index) => addAlike(value, (right as unknown[])[index]));
  if (typeof left === 'object' && left !== null) {
    const entries = Object.entries(left).map(([key, value]) => {
      const other = (right as Record<string, unknown>)[key];
      return [key, key === 'classCount' ? value : addAlike(value, other)];
    });
    return Object.fromEntries(entries);
  }
  return left;
}

function addIntegers(left: number, right: number): number {
  const sum = left + right;
  if (!Number.isSafeInteger(sum)) throw new RangeError(`${left} + ${right} is no safe integer.`);
  return sum;
}
