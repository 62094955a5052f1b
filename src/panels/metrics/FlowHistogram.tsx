import { FLOW_BIN_WIDTH, type Score } from '../../metrics/model.ts';
import { countThings } from '../../ui/format.ts';
import { formatScore } from './formatMetrics.ts';

interface FlowHistogramProps {
  /** Voxels per bin of FLOW_BIN_WIDTH m/s; the last bin is open. */
  readonly histogram: readonly number[];
  readonly mean: Score;
}

const width = 380;
const height = 90;

/** How far predicted velocities are off, over all voxels whose true class moves. */
export function FlowHistogram({ histogram, mean }: FlowHistogramProps) {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return <p className="muted">No voxel of a moving class.</p>;
  const most = Math.max(...histogram);
  const step = width / histogram.length;
  return (
    <figure className="histogram">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Speed errors of ${countThings(total, 'voxel')}`}>
        {histogram.map((count, bin) => {
          // Square root: the tail matters, and is small.
          const length = Math.sqrt(count / most) * height;
          const low = bin * FLOW_BIN_WIDTH;
          const words = bin === histogram.length - 1 ? `${low} m/s and more` : `${low} to ${low + FLOW_BIN_WIDTH} m/s`;
          return (
            <rect key={low} x={bin * step + 0.5} y={height - length} width={step - 1} height={length}>
              <title>{`${words}: ${countThings(count, 'voxel')}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="muted">
        0 to {(histogram.length - 1) * FLOW_BIN_WIDTH} m/s and more, heights by square root; mean over classes{' '}
        {formatScore(mean, 'm/s')} m/s.
      </figcaption>
    </figure>
  );
}
