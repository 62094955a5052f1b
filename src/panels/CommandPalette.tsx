import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { usePage } from '../stores/page.tsx';
import type { PageAction } from '../stores/pageAction.ts';
import { describeChord } from '../ui/chords.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { rankActions } from './rankActions.ts';

/** Every action by its words: type, choose with the arrows, Enter. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const { actions } = usePage();
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  // The dialog gives the focus to its first button when it opens; the field comes after.
  useEffect(() => field.current?.focus(), []);
  // What lasts while a key is held makes no sense in a list.
  const found = rankActions(
    actions.filter(({ release, id }) => !release && id !== 'palette-of-actions'),
    words,
  );
  const current = Math.min(chosen, found.length - 1);
  const run = (action: PageAction | undefined) => {
    if (!action) return;
    onClose();
    action.run();
  };
  const handleKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((current + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[current]);
    }
  };
  const optionId = (action: PageAction | undefined) => action && `${listId}-${action.id}`;
  return (
    <Dialog title="Commands" isOpen onClose={onClose}>
      <input
        type="text"
        className="palette__field"
        role="combobox"
        aria-label="Search commands"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={optionId(found[current])}
        placeholder="What do you want to do?"
        ref={field}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setChosen(0);
        }}
        onKeyDown={handleKey}
      />
      <div id={listId} role="listbox" aria-label="Commands" className="palette__list">
        {found.map((action, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above handles the keys of the list.
          <div
            key={action.id}
            id={optionId(action)}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className="palette__row"
            onClick={() => run(action)}
            ref={index === current ? (row) => row?.scrollIntoView({ block: 'nearest' }) : undefined}
          >
            <span>{action.title}</span>
            <span className="muted">{action.group}</span>
            <kbd>{describeChord(action.keys[0]!)}</kbd>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="muted">Nothing is called that.</p>}
    </Dialog>
  );
}
