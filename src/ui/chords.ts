/** What `matchChord` needs of a keyboard event. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/**
 * Whether a key press is the chord, written like `Space`, `ArrowLeft`, `Shift+ArrowLeft`, `?`, `b` or `Mod+K`.
 * Letters do not mind Caps Lock; characters that need Shift (`?`) are written as themselves; `Mod` is Ctrl or Cmd.
 */
export function matchChord(press: KeyPress, chord: string): boolean {
  if (chord.startsWith('Mod+')) {
    const isMod = press.ctrlKey !== press.metaKey;
    // A keyboard event keeps its fields in its prototype: spreading it would lose them.
    const { key, shiftKey, altKey } = press;
    const bare = { key, shiftKey, altKey, ctrlKey: false, metaKey: false };
    return isMod && matchChord(bare, chord.slice('Mod+'.length));
  }
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  const wantsShift = chord.startsWith('Shift+');
  const name = wantsShift ? chord.slice('Shift+'.length) : chord;
  const key = press.key === ' ' ? 'Space' : press.key;
  const isSymbol = name.length === 1 && !/[a-z0-9]/i.test(name);
  if (key.toLowerCase() !== name.toLowerCase()) return false;
  return isSymbol || press.shiftKey === wantsShift;
}

const wordsOfKeys: Record<string, string> = {
  Mod: 'Ctrl',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** The chord as it is printed on keys: `Shift ←`. */
export function describeChord(chord: string): string {
  return chord
    .split('+')
    .map((part) => wordsOfKeys[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}

/** Whether Space presses the element: buttons, switches and headers that fold. */
export function isPressable(element: Element): boolean {
  const tag = element.tagName.toLowerCase();
  const isCheckbox = tag === 'input' && (element as HTMLInputElement).type === 'checkbox';
  return tag === 'button' || tag === 'summary' || tag === 'a' || isCheckbox;
}

/**
 * Whether the focused element wants this key for itself: text fields want all, sliders and menus the arrows and Home/End, radio groups the
 * arrows, and what can be pressed Enter and Space. `isOnlyClicked`: it has its focus from a click and shows no ring, and leaves Space.
 */
export function isKeyTaken(element: Element | null, key: string, isOnlyClicked = false): boolean {
  if (!element) return false;
  const tag = element.tagName.toLowerCase();
  const type = tag === 'input' ? (element as HTMLInputElement).type : '';
  if (tag === 'textarea' || (tag === 'input' && !['range', 'checkbox', 'radio'].includes(type))) return true;
  const isMoveKey = key.startsWith('Arrow') || key === 'Home' || key === 'End';
  if (tag === 'select') return isMoveKey || key === ' ' || key === 'Enter' || key.length === 1;
  if (type === 'range') return isMoveKey;
  const isRadio = element.getAttribute('role') === 'radio';
  if (isRadio && isMoveKey) return true;
  if (!isPressable(element)) return false;
  // Space has nothing to choose in a radio button that is chosen already.
  const isChosen = isRadio && element.getAttribute('aria-checked') === 'true';
  return key === 'Enter' || (key === ' ' && !isOnlyClicked && !isChosen);
}
