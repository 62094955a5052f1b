import { usePageState } from '../../stores/page.tsx';

interface SparklineProps {
  readonly label: number;
  readonly name: string;
  readonly isMasked: boolean;
}

const width = 64;
const height = 16;

/** IoU of one class in each measured frame, 0 at the bottom and 1 at the top; gaps where it has none. */
export function Sparkline({ label, name, isMasked }: SparklineProps) {
  const frames = usePageState('metrics', (state) => state.frames);
  const count = usePageState('clip', (state) => state.clip?.frames.length ?? 1);
  const shownFrame = usePageState('playback', (state) => state.shownFrame);
  const points: string[] = [];
  let isDrawing = false;
  for (let frame = 0; frame < count; frame++) {
    const summary = frames.get(frame)?.summary;
    const scores = isMasked ? (summary?.camera ?? summary?.all) : summary?.all;
    const iou = scores?.perClass.find((score) => score.label === label)?.iou ?? null;
    if (iou === null) {
      isDrawing = false;
      continue;
    }
    const x = placeFrame(frame, count);
    const y = (height - 1.5 - iou * (height - 3)).toFixed(1);
    // A frame between two gaps still shows: the line begins with a short stroke.
    points.push(isDrawing ? `L${x} ${y}` : `M${Number(x) - 0.75} ${y}L${x} ${y}`);
    isDrawing = true;
  }
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`IoU of ${name} along the clip`}
    >
      {shownFrame !== null && (
        <line
          x1={placeFrame(shownFrame, count)}
          x2={placeFrame(shownFrame, count)}
          y1="0"
          y2={height}
          className="sparkline__now"
        />
      )}
      <path d={points.join('')} />
    </svg>
  );
}

function placeFrame(frame: number, count: number): string {
  return (1 + (frame / Math.max(1, count - 1)) * (width - 2)).toFixed(1);
}
