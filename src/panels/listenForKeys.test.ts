import { expect, test } from 'vitest';
import type { PageAction } from '../stores/actions.ts';
import { listenForKeys } from './listenForKeys.ts';

interface Control {
  readonly tagName: string;
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A page with one control; like a browser, it shows the ring from the first key press on, however the focus came. */
function createPage(control: Control) {
  const page = new EventTarget();
  const done: string[] = [];
  let hasRing = false;
  const element = {
    ...control,
    matches: () => hasRing,
    getAttribute: (name: string) => control.attributes?.[name] ?? null,
    blur: () => {
      document.activeElement = null;
    },
  };
  const document = { activeElement: null as unknown, querySelector: () => null as unknown };
  const action = (id: string, chord: string, lasts = false): PageAction => ({
    id,
    group: 'Page',
    title: id,
    keys: [chord],
    run: () => void done.push(id),
    ...(lasts && { release: () => void done.push(`${id} ends`) }),
  });
  const actions = [action('play', 'Space'), action('next', 'ArrowRight'), action('peek', 'T', true)];
  const stop = listenForKeys(page, document as never, actions);
  const fire = (type: string, fields: object) => {
    const event = Object.assign(new Event(type, { cancelable: true }), fields);
    page.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const focus = (by: 'click' | 'Tab') => {
    hasRing = by === 'Tab';
    document.activeElement = element;
    const event = new Event('focusin');
    Object.defineProperty(event, 'target', { value: element });
    page.dispatchEvent(event);
  };
  const press = (key: string, fields: object = {}) => {
    hasRing = true;
    const bare = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false };
    return fire('keydown', { key, ...bare, ...fields });
  };
  return { page, document, done, focus, press, release: (key: string) => fire('keyup', { key }), stop };
}

const pressables: readonly Control[] = [
  { tagName: 'SUMMARY' },
  { tagName: 'BUTTON' },
  { tagName: 'INPUT', type: 'checkbox' },
  { tagName: 'BUTTON', attributes: { role: 'radio', 'aria-checked': 'false' } },
];

test.each(pressables)('Space presses $tagName $type reached with Tab, and plays after a mere click', (control) => {
  const { document, done, focus, press } = createPage(control);
  focus('Tab');
  expect([press(' '), press('Enter')], 'left to the control').toEqual([false, false]);
  focus('click');
  expect(press('Enter'), 'Enter is the control’s in any case').toBe(false);
  expect(done).toEqual([]);
  focus('click');
  expect(press(' ')).toBe(true);
  expect(document.activeElement, 'the key that comes up must not press it').toBeNull();
  expect(press(' ')).toBe(true);
  expect(done).toEqual(['play', 'play']);
  focus('Tab');
  expect(press(' ')).toBe(false);
});

test('Space plays on a chosen radio button and a slider, whose arrows stay their own; a field and a menu keep both', () => {
  const press = (control: Control, by: 'click' | 'Tab') => {
    const { done, focus, press } = createPage(control);
    focus(by);
    press(' ');
    press('ArrowRight');
    return done;
  };
  for (const by of ['Tab', 'click'] as const) {
    expect(press({ tagName: 'INPUT', type: 'range' }, by)).toEqual(['play']);
    expect(press({ tagName: 'SELECT' }, by)).toEqual([]);
    expect(press({ tagName: 'INPUT', type: 'text' }, by)).toEqual([]);
    expect(press({ tagName: 'DIV' }, by)).toEqual(['play', 'next']);
  }
  const chosen = { tagName: 'BUTTON', attributes: { role: 'radio', 'aria-checked': 'true' } };
  expect(press(chosen, 'Tab')).toEqual(['play']);
});

test('nothing runs beside an open dialog; what lasts ends with its key or when the page is left', () => {
  const { page, document, done, press, release, stop } = createPage({ tagName: 'DIV' });
  document.querySelector = () => ({});
  expect(press(' ')).toBe(false);
  document.querySelector = () => null;
  press('t');
  press('t', { repeat: true });
  release('x');
  expect(done).toEqual(['peek']);
  release('t');
  press('t');
  page.dispatchEvent(new Event('blur'));
  expect(done).toEqual(['peek', 'peek ends', 'peek', 'peek ends']);
  stop();
  press(' ');
  expect(done).toHaveLength(4);
});
