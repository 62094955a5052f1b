import { type KeyboardEvent, useRef } from 'react';

interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value | null;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    readonly hint?: string;
    readonly isDisabled?: boolean;
  }[];
  readonly onChange: (value: Value) => void;
}

/** One choice of a few, side by side: a radio group with arrow keys. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  const group = useRef<HTMLDivElement>(null);
  const chosen = options.findIndex((option) => option.value === value);
  const moveFocus = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const enabled = options.map((option, index) => (option.isDisabled ? -1 : index)).filter((index) => index >= 0);
    const position = enabled.indexOf(Math.max(0, chosen));
    const next = enabled[(position + step + enabled.length) % enabled.length];
    if (next === undefined) return;
    onChange(options[next]!.value);
    (group.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div ref={group} className="segments" role="radiogroup" aria-label={label} onKeyDown={moveFocus}>
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a radio group of buttons keeps one tab stop and full styling.
        <button
          key={option.value}
          type="button"
          role="radio"
          className="segments__item"
          aria-checked={option.value === value}
          tabIndex={index === Math.max(0, chosen) ? 0 : -1}
          disabled={option.isDisabled}
          title={option.hint}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
