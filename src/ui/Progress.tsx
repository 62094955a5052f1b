interface ProgressProps {
  readonly label: string;
  /** In [0, 1]; null where the end is unknown. */
  readonly fraction: number | null;
}

/** A thin bar; without a fraction it moves to show that work goes on. */
export function Progress({ label, fraction }: ProgressProps) {
  const percent = fraction === null ? undefined : Math.round(fraction * 100);
  return (
    <div
      className={fraction === null ? 'progress progress--unknown' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div className="progress__bar" style={fraction === null ? undefined : { transform: `scaleX(${fraction})` }} />
    </div>
  );
}
