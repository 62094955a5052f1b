import { describe, expect, test } from 'vitest';
import { isZipPath, parseUrlState } from './urlState.ts';

describe('a model by the path of its zip', () => {
  test.each(['own.zip', 'models/own.zip', '/deep/path/Own-2.1.ZIP', '../up/own.zip'])('%s is one', (path) => {
    expect(isZipPath(path)).toBe(true);
    expect(parseUrlState(`?model=${encodeURIComponent(path)}`)).toEqual({ state: { model: path }, faults: [] });
  });

  test.each(['https://elsewhere.org/own.zip', '//elsewhere.org/own.zip', 'data:x.zip', 'own.zip?x', 'a b.zip'])(
    '%s is none, and the link says so',
    (path) => {
      expect(isZipPath(path)).toBe(false);
      const { state, faults } = parseUrlState(`?model=${encodeURIComponent(path)}`);
      expect(state).toEqual({});
      expect(faults[0]).toMatch(/or the path of a zip on this site/);
    },
  );

  test('an id is no zip', () => {
    expect(isZipPath('street-base')).toBe(false);
  });
});
