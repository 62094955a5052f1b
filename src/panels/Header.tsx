import { usePage, usePageState } from '../stores/page.tsx';
import type { Theme } from '../stores/viewStore.ts';
import { Button } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Select } from '../ui/Select.tsx';
import { StatusChip } from './StatusChip.tsx';

/** Name, what is open, how it stands, and the page's own buttons. */
export function Header({ openHelp }: { readonly openHelp: () => void }) {
  const { stores, session, actions } = usePage();
  const clips = usePageState('clip', (state) => state.choices);
  const clip = usePageState('clip', (state) => state.clip);
  const models = usePageState('model', (state) => state.choices);
  const card = usePageState('model', (state) => state.card);
  const theme = usePageState('view', (state) => state.theme);
  return (
    <header className="header">
      <h1 className="header__name">
        <Mark />
        Occuscope
      </h1>
      <Select
        label="Clip"
        value={clip?.id ?? ''}
        options={withCurrent(clips, clip)}
        onChange={(id) => void session.openClip(id).catch(() => undefined)}
      />
      <Select
        label="Model"
        value={card?.id ?? ''}
        options={withCurrent(models, card)}
        onChange={(id) => void session.openModel(id).catch(() => undefined)}
      />
      <Button
        icon="add"
        label="Open…"
        look="outline"
        title="Open your own clips, predictions or models, or drop them anywhere on the page"
        onClick={() => actions.find(({ id }) => id === 'open')?.run()}
      />
      <StatusChip />
      <div className="header__end">
        <CopyButton label="Copy link" isSmall={false} read={() => window.location.href} />
        <Select
          label="Theme"
          isQuiet
          value={theme}
          options={[
            { value: 'system', label: 'System theme' },
            { value: 'dark', label: 'Dark' },
            { value: 'light', label: 'Light' },
          ]}
          onChange={(value) => stores.view.setState({ theme: value as Theme })}
        />
        <Button icon="help" label="Keys" iconOnly shortcut="?" onClick={openHelp} />
      </div>
    </header>
  );
}

interface Choice {
  readonly id: string;
  readonly title: string;
  readonly isHidden?: boolean;
}

/** The menu's entries, with what is open even where the list does not name it. */
function withCurrent(choices: readonly Choice[], current: Choice | null) {
  const offered = choices.filter(({ id, isHidden }) => !isHidden || id === current?.id);
  const isListed = !current || offered.some(({ id }) => id === current.id);
  const all: readonly Choice[] = isListed ? offered : [...offered, current];
  const options = all.map(({ id, title }) => ({ value: id, label: title }));
  return current ? options : [{ value: '', label: '…' }, ...options];
}

/** Three stacked voxels. */
function Mark() {
  return (
    <svg className="header__mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="m12 2 5 2.9v5.6l-5 2.9-5-2.9V4.9z" fill="var(--accent)" />
      <path d="m6.5 11.6 5 2.9v5.6l-5 2.9-5-2.9v-5.6z" fill="currentColor" opacity="0.9" />
      <path d="m17.5 11.6 5 2.9v5.6l-5 2.9-5-2.9v-5.6z" fill="currentColor" opacity="0.45" />
    </svg>
  );
}
