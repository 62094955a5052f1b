import type { ClassTable } from '../domain/classes.ts';
import { FLICKER_CLASSES, OUTCOME_CLASSES, SPEED_ERROR_CLASSES } from '../domain/comparisonClasses.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { type PaneContent, readContent } from '../stores/paneContent.ts';
import { toggleClass } from '../stores/viewStore.ts';

const legends = {
  difference: { table: OUTCOME_CLASSES, colours: 'outcome' },
  'flow-error': { table: SPEED_ERROR_CLASSES, colours: 'speed-error' },
  flicker: { table: FLICKER_CLASSES, colours: 'flicker' },
} as const;

/** What the colours of a comparison mean; the outcomes of a difference are shown and hidden here. */
export function ComparisonLegend({ content }: { readonly content: PaneContent }) {
  const { stores, comparisonColourOf } = usePage();
  const hidden = usePageState('view', (state) => state.hiddenOutcomes);
  const isMasked = usePageState('view', (state) => state.isMasked);
  const { kind } = readContent(content);
  if (!(kind in legends)) return null;
  const { table, colours } = legends[kind as keyof typeof legends];
  const labels = listLabels(table).filter((label) => colours !== 'outcome' || label !== 4 || isMasked);
  const swatch = (label: number) => (
    <span className="legend__swatch" style={{ background: comparisonColourOf(colours, label) }} />
  );
  return (
    <div className="plate plate--legend">
      <ul className="outcomes" aria-label="Colours">
        {labels.map((label) => (
          <li key={label}>
            {kind === 'difference' ? (
              <button
                type="button"
                className="outcome"
                aria-pressed={!hidden.has(label)}
                onClick={() => stores.view.setState({ hiddenOutcomes: toggleClass(hidden, label) })}
              >
                {swatch(label)}
                {table.classes[label]!.name}
              </button>
            ) : (
              <span className="outcome">
                {swatch(label)}
                {table.classes[label]!.name}
              </span>
            )}
          </li>
        ))}
      </ul>
      {kind !== 'flicker' && (
        <label className="outcome outcome--switch">
          <input
            type="checkbox"
            checked={isMasked}
            onChange={(event) => stores.view.setState({ isMasked: event.target.checked })}
          />
          Only what cameras see
        </label>
      )}
    </div>
  );
}

function listLabels({ classes, free }: ClassTable): number[] {
  return classes.map((_, label) => label).filter((label) => label !== free);
}
