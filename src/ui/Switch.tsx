interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly shortcut?: string;
}

/** A labelled on/off switch. */
export function Switch({ label, isOn, onChange, shortcut }: SwitchProps) {
  return (
    <label className="switch" title={shortcut ? `${label} (${shortcut})` : undefined}>
      <span>{label}</span>
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}
