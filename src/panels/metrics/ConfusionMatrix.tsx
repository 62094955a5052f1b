import { usePage, usePageState } from '../../stores/page.tsx';
import { countThings } from '../../ui/format.ts';

/** Voxels by true class (rows) and predicted class (columns); the darker, the larger the share of the true class. */
export function ConfusionMatrix({ confusion }: { readonly confusion: readonly number[] }) {
  const { colourOf } = usePage();
  const table = usePageState('clip', (state) => state.clip?.classes);
  const palette = usePageState('view', (state) => state.palette);
  if (!table) return null;
  const labels = table.classes.map((_, label) => label);
  const size = labels.length;
  const nameOf = (label: number) => table.classes[label]!.name;
  const swatch = (label: number) => (
    <span
      className="legend__swatch"
      style={{ background: label === table.free ? 'transparent' : colourOf(palette, label) }}
    />
  );
  return (
    <>
      <table className="confusion">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">True class</span>
            </th>
            {labels.map((label) => (
              <th
                key={label}
                scope="col"
                title={`Predicted ${nameOf(label)}`}
                aria-label={`Predicted ${nameOf(label)}`}
              >
                {swatch(label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((truth) => {
            const row = labels.map((prediction) => confusion[truth * size + prediction] ?? 0);
            const total = row.reduce((sum, count) => sum + count, 0);
            if (total === 0) return null;
            return (
              <tr key={truth}>
                <th scope="row" title={`Truly ${nameOf(truth)}: ${countThings(total, 'voxel')}`}>
                  {swatch(truth)}
                  <span className="confusion__name">{nameOf(truth)}</span>
                </th>
                {row.map((count, prediction) => (
                  <ConfusionCell
                    key={labels[prediction]}
                    share={count / total}
                    isRight={prediction === truth}
                    words={`${nameOf(truth)} predicted as ${nameOf(prediction)}: ${countThings(count, 'voxel')}, ${formatShare(count / total)}`}
                  />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="muted metrics__note">Rows are true classes, columns predicted ones; each row adds up to 100 %.</p>
    </>
  );
}

interface ConfusionCellProps {
  readonly share: number;
  readonly isRight: boolean;
  readonly words: string;
}

function ConfusionCell({ share, isRight, words }: ConfusionCellProps) {
  // Square root: a few per cent of confusion must still be seen.
  const strength = Math.round(Math.sqrt(share) * 100);
  return (
    <td
      className={isRight ? 'confusion__cell confusion__cell--right' : 'confusion__cell'}
      style={{ '--strength': `${strength}%` } as React.CSSProperties}
      title={words}
    >
      <span className="visually-hidden">{formatShare(share)}</span>
    </td>
  );
}

function formatShare(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
