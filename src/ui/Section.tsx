import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

/** A titled part of the side panel that folds away. */
export function Section({ title, aside, isOpen = true, children }: SectionProps) {
  return (
    <details className="section" open={isOpen}>
      <summary className="section__summary">
        <Icon name="chevron" />
        {title}
        {aside !== undefined && <span className="section__aside">{aside}</span>}
      </summary>
      <div className="section__body">{children}</div>
    </details>
  );
}
