import type { MetricSeries } from '../stores/metricsStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';

/** Every frame of the clip: predicted or not, and how well by the chosen metric; a slider lies over it. */
export function Scrubber({ frameCount }: { readonly frameCount: number }) {
  const { session } = usePage();
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const shownFrame = usePageState('playback', (state) => state.shownFrame);
  const predicted = usePageState('playback', (state) => state.predictedFrames);
  const catchingUp = usePageState('playback', (state) => state.catchingUp);
  const series = usePageState('metrics', (state) => state.series);
  const scale = series && findScale(series);
  const indices = Array.from({ length: frameCount }, (_, index) => index);
  return (
    <div className="scrubber" style={{ '--frames': frameCount } as React.CSSProperties}>
      <div className="scrubber__cells" aria-hidden="true">
        {indices.map((index) => {
          const score = series?.scores.get(index) ?? null;
          return (
            <span
              key={index}
              className="scrubber__cell"
              data-predicted={predicted.has(index) || undefined}
              data-current={index === frameIndex || undefined}
              data-shown={(index === shownFrame && index !== frameIndex) || undefined}
              data-busy={(index === frameIndex && catchingUp !== null) || undefined}
              data-scored={score !== null || undefined}
              style={score === null || !scale ? undefined : styleCell(scale(score))}
            />
          );
        })}
      </div>
      <input
        type="range"
        className="scrubber__input"
        aria-label="Frame"
        aria-valuetext={describeFrame(frameIndex, frameCount, predicted.has(frameIndex), series)}
        min={0}
        max={frameCount - 1}
        value={frameIndex}
        onChange={(event) => void session.seek(Number(event.target.value)).catch(() => undefined)}
      />
    </div>
  );
}

/** Goodness in [0, 1] of a score among the measured frames: 0 for the worst of them. */
function findScale({ scores, higherIsBetter }: MetricSeries): (score: number) => number {
  const known = [...scores.values()].filter((score) => score !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  return (score) => {
    if (high === low) return 0.5;
    const share = (score - low) / (high - low);
    return higherIsBetter ? share : 1 - share;
  };
}

/** The worse, the more orange and the taller: errors should catch the eye. */
function styleCell(goodness: number): React.CSSProperties {
  return {
    '--cell': `color-mix(in oklab, var(--score-good) ${Math.round(goodness * 100)}%, var(--score-bad))`,
    '--fill': `${Math.round(35 + (1 - goodness) * 65)}%`,
  } as React.CSSProperties;
}

function describeFrame(index: number, count: number, isPredicted: boolean, series: MetricSeries | null): string {
  const score = series?.scores.get(index) ?? null;
  const value =
    score === null || !series
      ? null
      : series.unit === 'fraction'
        ? `${(score * 100).toFixed(1)} per cent`
        : `${score.toFixed(2)} metres per second`;
  const parts = [
    `Frame ${index + 1} of ${count}`,
    isPredicted ? 'predicted' : null,
    value && `${series!.title} ${value}`,
  ];
  return parts.filter(Boolean).join(', ');
}
