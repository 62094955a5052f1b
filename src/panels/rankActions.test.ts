import { expect, test } from 'vitest';
import type { PageAction } from '../stores/pageAction.ts';
import { rankActions } from './rankActions.ts';

const make = (title: string): PageAction => ({ id: title, group: 'Show', title, keys: ['1'], run: () => undefined });
const actions = [make('Camera images'), make('Worst frame'), make('Next frame'), make('Difference view')];

test('every word must be there; beginnings of words come first', () => {
  const titles = (text: string) => rankActions(actions, text).map(({ title }) => title);
  expect(titles('')).toEqual(actions.map(({ title }) => title));
  expect(titles('frame wor')).toEqual(['Worst frame']);
  expect(titles('e')).toHaveLength(4);
  expect(titles('NEXT')).toEqual(['Next frame']);
  expect(titles('view')).toEqual(['Difference view']);
  expect(titles('show im')).toEqual(['Camera images']);
  expect(titles('nothing')).toEqual([]);
});
