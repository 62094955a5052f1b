import { describe, expect, test } from 'vitest';
import { describeChord, type KeyPress, matchChord } from './chords.ts';

const press = (key: string, modifiers: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifiers,
});

describe('chords', () => {
  test.each([
    ['Space', press(' '), true],
    ['ArrowLeft', press('ArrowLeft'), true],
    ['ArrowLeft', press('ArrowLeft', { shiftKey: true }), false],
    ['Shift+ArrowLeft', press('ArrowLeft', { shiftKey: true }), true],
    ['Shift+ArrowLeft', press('ArrowLeft'), false],
    ['?', press('?', { shiftKey: true }), true],
    ['L', press('l'), true],
    ['R', press('R', { shiftKey: true }), false],
    ['Shift+R', press('R', { shiftKey: true }), true],
    ['R', press('r', { ctrlKey: true }), false],
    ['R', press('r', { metaKey: true }), false],
    ['1', press('1'), true],
    ['Mod+K', press('k', { ctrlKey: true }), true],
    ['Mod+K', press('k', { metaKey: true }), true],
    ['Mod+K', press('k'), false],
    ['Mod+K', press('k', { ctrlKey: true, shiftKey: true }), false],
  ])('%s against %o is %s', (chord, event, expected) => {
    expect(matchChord(event, chord)).toBe(expected);
  });

  test('are printed as on the keys', () => {
    expect(describeChord('Shift+ArrowRight')).toBe('Shift →');
    expect(describeChord('l')).toBe('L');
  });
});
