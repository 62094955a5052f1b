import { Icon } from './Icon.tsx';

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly isQuiet?: boolean;
  readonly id?: string;
}

/** The platform's own menu, styled; the label is for screen readers and the tooltip. */
export function Select({ label, value, options, onChange, isQuiet = false, id }: SelectProps) {
  return (
    <span className={isQuiet ? 'select select--quiet' : 'select'}>
      <select
        id={id}
        className="select__field"
        aria-label={label}
        title={label}
        value={value}
        disabled={options.length === 0}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </span>
  );
}
