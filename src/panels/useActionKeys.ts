import { useEffect } from 'react';
import type { PageAction } from '../stores/actions.ts';
import { usePage } from '../stores/page.tsx';
import { isKeyTaken, matchChord } from '../ui/chords.ts';

/** Run the action whose key is pressed, unless a dialog is open or the focused control wants the key itself. */
export function useActionKeys(): void {
  const { actions } = usePage();
  useEffect(() => {
    const handleKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const focused = document.activeElement;
      // A button that was only clicked keeps focus without a ring: Space should still play.
      const isQuietButton = focused instanceof HTMLElement && !focused.matches(':focus-visible');
      if (!isQuietButton && isKeyTaken(focused, event.key)) return;
      const action = actions.find(({ keys }) => keys.some((chord) => matchChord(event, chord)));
      if (!action) return;
      event.preventDefault();
      if (isQuietButton) focused.blur();
      if (!action.release) return action.run();
      if (event.repeat || held) return;
      held = { action, key: event.key.toLowerCase() };
      action.run();
    };
    // The key that is let go, or the page that is left, ends what lasts while a key is held.
    let held: { readonly action: PageAction; readonly key: string } | null = null;
    const release = (event: KeyboardEvent | FocusEvent) => {
      if (!held || (event instanceof KeyboardEvent && event.key.toLowerCase() !== held.key)) return;
      held.action.release?.();
      held = null;
    };
    window.addEventListener('keydown', handleKey);
    window.addEventListener('keyup', release);
    window.addEventListener('blur', release);
    return () => {
      window.removeEventListener('keydown', handleKey);
      window.removeEventListener('keyup', release);
      window.removeEventListener('blur', release);
    };
  }, [actions]);
}
