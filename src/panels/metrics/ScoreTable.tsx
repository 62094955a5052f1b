import { useId } from 'react';
import type { MetricSummary } from '../../metrics/model.ts';
import { METRICS, type Metric } from '../../metrics/registry.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import { formatScore } from './formatMetrics.ts';

interface ScoreTableProps {
  readonly frame: MetricSummary | null;
  readonly total: MetricSummary | null;
}

/** Every metric of the registry: this frame, and all measured frames; the chosen one colours the timeline. */
export function ScoreTable({ frame, total }: ScoreTableProps) {
  return (
    <table className="scores">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Frame</th>
          <th scope="col">Measured</th>
        </tr>
      </thead>
      <tbody>
        {METRICS.map((metric) => (
          <ScoreRow
            key={metric.id}
            metric={metric}
            frame={frame && formatScore(metric.read(frame), metric.unit)}
            total={total && formatScore(metric.read(total), metric.unit)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface ScoreRowProps {
  readonly metric: Metric;
  readonly frame: string | null;
  readonly total: string | null;
}

function ScoreRow({ metric, frame, total }: ScoreRowProps) {
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
      <td className="mono">{frame ?? '–'}</td>
      <td className="mono">{total ?? '–'}</td>
    </tr>
  );
}
