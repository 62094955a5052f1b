import type { ReactNode } from 'react';
import { CopyButton } from './CopyButton.tsx';

interface ErrorBoxProps {
  readonly sentence: string;
  readonly nextStep?: string | null;
  readonly detail?: string | null;
  readonly code?: string;
  readonly tone?: 'error' | 'warning';
  /** Further buttons: try again, use the CPU. */
  readonly children?: ReactNode;
}

/** What went wrong, what to do next, and the details to copy; sits at the thing it concerns. */
export function ErrorBox({ sentence, nextStep, detail, code, tone = 'error', children }: ErrorBoxProps) {
  const text = [code && `[${code}]`, sentence, nextStep, detail].filter(Boolean).join('\n');
  return (
    <div className={tone === 'warning' ? 'error-box error-box--warning' : 'error-box'} role="alert">
      <p className="error-box__sentence">{sentence}</p>
      {nextStep && <p>{nextStep}</p>}
      {detail && <p className="error-box__detail">{detail}</p>}
      <div className="error-box__actions">
        {children}
        <CopyButton label="Copy details" read={() => text} />
      </div>
    </div>
  );
}
