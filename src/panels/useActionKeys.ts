import { useEffect } from 'react';
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
      action.run();
    };
    window.addEventListener('keydown', handleKey);
    return () => window.removeEventListener('keydown', handleKey);
  }, [actions]);
}
