import { usePage } from '../stores/page.tsx';
import { describeChord } from '../ui/chords.ts';
import { Dialog } from '../ui/Dialog.tsx';

/** Every action with its keys, from the one table that also drives them. */
export function HelpDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { actions } = usePage();
  const groups = [...new Set(actions.map(({ group }) => group))];
  return (
    <Dialog title="Keys" isOpen={isOpen} onClose={onClose}>
      <div className="help">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <ul>
              {actions
                .filter((action) => action.group === group)
                .map(({ id, title, keys }) => (
                  <li key={id} className="help__row">
                    <span>{title}</span>
                    <span className="help__keys">
                      {keys.map((chord) => (
                        <kbd key={chord}>{describeChord(chord)}</kbd>
                      ))}
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="muted help__note">
        Focused fields, sliders and menus keep their own keys. Space and Enter press the button, switch or section
        header with the focus ring; after a mere click, Space plays. Nothing that you open leaves this browser.
      </p>
    </Dialog>
  );
}
