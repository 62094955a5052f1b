import { Fragment, useId } from 'react';
import type { MetricSummary } from '../../metrics/model.ts';
import { METRICS, type Metric } from '../../metrics/registry.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import { countThings } from '../../ui/format.ts';
import { formatScore } from './formatMetrics.ts';

/** Numbers of one prediction: of the frame on screen, and of all measured frames. */
export interface ScoreColumn {
  readonly title: string;
  readonly frame: MetricSummary | null;
  readonly total: MetricSummary | null;
}

/** Every metric of the registry for one prediction or two: this frame, and all measured frames; the chosen one colours the timeline. */
export function ScoreTable({ columns }: { readonly columns: readonly ScoreColumn[] }) {
  const isPair = columns.length > 1;
  return (
    <table className="scores">
      <thead>
        {isPair && (
          <tr>
            <td />
            {columns.map(({ title }) => (
              <th key={title} scope="colgroup" colSpan={2} className="scores__whose">
                {title}
              </th>
            ))}
          </tr>
        )}
        <tr>
          <th scope="col">Metric</th>
          {columns.map(({ title, total }) => (
            <Fragment key={title}>
              <th scope="col">Frame</th>
              <th scope="col">{isPair ? countThings(total?.frames.withTruth ?? 0, 'frame') : 'Measured'}</th>
            </Fragment>
          ))}
        </tr>
      </thead>
      <tbody>
        {METRICS.map((metric) => (
          <ScoreRow key={metric.id} metric={metric} columns={columns} />
        ))}
      </tbody>
    </table>
  );
}

interface ScoreRowProps {
  readonly metric: Metric;
  readonly columns: readonly ScoreColumn[];
}

function ScoreRow({ metric, columns }: ScoreRowProps) {
  const { stores } = usePage();
  const isChosen = usePageState('metrics', (state) => state.chosen === metric.id);
  const tip = useId();
  return (
    <tr className={isChosen ? 'scores__row scores__row--chosen' : 'scores__row'} data-metric={metric.id}>
      <th scope="row">
        <button
          type="button"
          className="scores__name"
          aria-pressed={isChosen}
          aria-describedby={tip}
          onClick={() => stores.metrics.setState({ chosen: metric.id })}
        >
          {metric.title}
          <span className="muted"> {metric.higherIsBetter ? '↑' : '↓'}</span>
        </button>
        <span role="tooltip" id={tip} className="tip">
          {metric.definition}
          {metric.needsSequence && ' Needs frames in order from the first.'}
          <span className="tip__source">{metric.source}</span>
        </span>
      </th>
      {columns.flatMap(({ title, frame, total }) =>
        [frame, total].map((summary, index) => (
          <td key={`${title} ${index === 0 ? 'frame' : 'total'}`} className="mono">
            {summary ? formatScore(metric.read(summary), metric.unit) : '–'}
          </td>
        )),
      )}
    </tr>
  );
}
