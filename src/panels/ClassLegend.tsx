import type { MouseEvent } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { soloClass, toggleClass } from '../stores/viewStore.ts';
import { Button } from '../ui/Button.tsx';
import { formatCount } from '../ui/format.ts';
import { Section } from '../ui/Section.tsx';
import { useVoxelCounts } from './useVoxelCounts.ts';

/** Every class with its colour and its voxels in this frame; hides or isolates classes. */
export function ClassLegend() {
  const { stores } = usePage();
  const table = usePageState('clip', (state) => state.clip?.classes);
  const hidden = usePageState('view', (state) => state.hiddenClasses);
  const counts = useVoxelCounts();
  if (!table) return null;
  const labels = table.classes.map((_, label) => label).filter((label) => label !== table.free);
  const toggle = (label: number) => stores.view.setState({ hiddenClasses: toggleClass(hidden, label) });
  const solo = (label: number) => stores.view.setState({ hiddenClasses: soloClass(hidden, label, labels) });
  return (
    <Section title="Classes" aside={hidden.size > 0 ? `${hidden.size} hidden` : 'voxels'}>
      <ul className="legend">
        {labels.map((label) => (
          <LegendRow
            key={label}
            label={label}
            name={table.classes[label]!.name}
            isHidden={hidden.has(label)}
            count={counts?.[label]}
            onToggle={() => toggle(label)}
            onSolo={() => solo(label)}
          />
        ))}
      </ul>
      {hidden.size > 0 && (
        <Button
          label="Show all classes"
          look="outline"
          isSmall
          shortcut="H"
          onClick={() => stores.view.setState({ hiddenClasses: new Set() })}
        />
      )}
    </Section>
  );
}

interface LegendRowProps {
  readonly label: number;
  readonly name: string;
  readonly isHidden: boolean;
  readonly count: number | undefined;
  readonly onToggle: () => void;
  readonly onSolo: () => void;
}

function LegendRow({ label, name, isHidden, count, onToggle, onSolo }: LegendRowProps) {
  const { colourOf } = usePage();
  const palette = usePageState('view', (state) => state.palette);
  const handleClick = (event: MouseEvent) => (event.altKey ? onSolo() : onToggle());
  return (
    <li className={isHidden ? 'legend__row legend__row--hidden' : 'legend__row'} data-empty={count === 0 || undefined}>
      <button
        type="button"
        className="legend__class"
        aria-pressed={!isHidden}
        title={`${isHidden ? 'Show' : 'Hide'} ${name}; Alt-click shows it alone`}
        onClick={handleClick}
        data-label={label}
      >
        <span className="legend__swatch" style={{ background: colourOf(palette, label) }} />
        <span className="legend__name">{name}</span>
      </button>
      <Button icon="solo" label={`Show ${name} alone`} iconOnly isSmall onClick={onSolo} />
      <span className="legend__count">{count === undefined ? '' : formatCount(count)}</span>
    </li>
  );
}
