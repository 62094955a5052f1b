import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  readonly icon?: IconName;
  /** The words; with `iconOnly` they become the label and the tooltip. */
  readonly label: string;
  readonly iconOnly?: boolean;
  readonly look?: 'plain' | 'outline' | 'solid';
  readonly isSmall?: boolean;
  readonly isPressed?: boolean;
  /** Shown in the tooltip. */
  readonly shortcut?: string | undefined;
  readonly children?: ReactNode;
}

/** A push or toggle button with words, an icon, or both. */
export function Button(props: ButtonProps) {
  const {
    icon,
    label,
    iconOnly = false,
    look = 'plain',
    isSmall = false,
    isPressed,
    shortcut,
    children,
    ...rest
  } = props;
  const classNames = ['button', `button--${look}`];
  if (iconOnly) classNames.push('button--icon');
  if (isSmall) classNames.push('button--small');
  const title = shortcut ? `${label} (${shortcut})` : label;
  return (
    <button
      type="button"
      className={classNames.join(' ')}
      aria-pressed={isPressed}
      aria-label={iconOnly ? label : undefined}
      title={iconOnly || shortcut ? title : undefined}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {!iconOnly && <span>{label}</span>}
      {children}
    </button>
  );
}
