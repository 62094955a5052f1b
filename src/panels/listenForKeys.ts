import type { PageAction } from '../stores/actions.ts';
import { isKeyTaken, isPressable, matchChord } from '../ui/chords.ts';

/** What of the document is looked at. */
type KeyDocument = Pick<Document, 'activeElement' | 'querySelector'>;

/**
 * Run the action whose key is pressed, unless a dialog is open or the focused control wants the key itself.
 * Returns the way to stop listening.
 */
export function listenForKeys(page: EventTarget, document: KeyDocument, actions: readonly PageAction[]): () => void {
  // The button, switch or header that has its focus from a click, without a ring: Space plays, as if nothing had it.
  // It is noted when the focus comes, since the next key press alone makes browsers show a ring.
  let clicked: HTMLElement | null = null;
  const noteFocus = ({ target }: Event) => {
    const element = target as HTMLElement;
    clicked = isPressable(element) && !element.matches(':focus-visible') ? element : null;
  };
  // The key that is let go, or the page that is left, ends what lasts while a key is held.
  let held: { readonly action: PageAction; readonly key: string } | null = null;
  const endHeld = () => {
    held?.action.release?.();
    held = null;
  };
  const press = (event: Event) => {
    const { key, repeat, ctrlKey, metaKey } = event as KeyboardEvent;
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const focused = document.activeElement;
    const onlyClicked = focused === clicked ? clicked : null;
    if (isKeyTaken(focused, key, onlyClicked !== null)) return;
    const action = actions.find(({ keys }) => keys.some((chord) => matchChord(event as KeyboardEvent, chord)));
    if (!action) return;
    event.preventDefault();
    // Without its focus it shows no ring now, and the key that comes up does not press it.
    // Commands with Ctrl or Cmd open dialogs, which give the focus back where it was.
    if (!ctrlKey && !metaKey) onlyClicked?.blur();
    if (!action.release) return action.run();
    if (repeat || held) return;
    held = { action, key: key.toLowerCase() };
    action.run();
  };
  const release = (event: Event) => {
    if (held && (event as KeyboardEvent).key.toLowerCase() === held.key) endHeld();
  };
  const listeners = [
    ['focusin', noteFocus],
    ['keydown', press],
    ['keyup', release],
    ['blur', endHeld],
  ] as const;
  for (const [type, listener] of listeners) page.addEventListener(type, listener);
  return () => {
    for (const [type, listener] of listeners) page.removeEventListener(type, listener);
  };
}
