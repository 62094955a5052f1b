interface RangeSliderProps {
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly value: readonly [number, number];
  readonly onChange: (value: readonly [number, number]) => void;
  /** Reads a thumb's value aloud, with its unit. */
  readonly describeValue: (value: number) => string;
}

/** Two thumbs on one track: the lowest and the highest value kept. */
export function RangeSlider({ label, minimum, maximum, value, onChange, describeValue }: RangeSliderProps) {
  const [low, high] = value;
  const span = Math.max(1, maximum - minimum);
  const left = ((low - minimum) / span) * 100;
  const right = ((maximum - high) / span) * 100;
  return (
    <fieldset className="range" aria-label={label}>
      <div className="range__track" />
      <div className="range__fill" style={{ left: `${left}%`, right: `${right}%` }} />
      <input
        type="range"
        aria-label={`${label}, lowest`}
        aria-valuetext={describeValue(low)}
        min={minimum}
        max={maximum}
        value={low}
        onChange={(event) => onChange([Math.min(Number(event.target.value), high), high])}
      />
      <input
        type="range"
        aria-label={`${label}, highest`}
        aria-valuetext={describeValue(high)}
        min={minimum}
        max={maximum}
        value={high}
        onChange={(event) => onChange([low, Math.max(Number(event.target.value), low)])}
      />
    </fieldset>
  );
}
