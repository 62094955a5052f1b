import { useState } from 'react';
import { Button } from './Button.tsx';

interface CopyButtonProps {
  readonly label: string;
  /** Called on the click, so that the text is fresh. */
  readonly read: () => string;
  readonly look?: 'plain' | 'outline';
  readonly isSmall?: boolean;
}

/** Copies a text and says so for two seconds; says when the browser refuses. */
export function CopyButton({ label, read, look = 'plain', isSmall = true }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(read());
      setState('copied');
    } catch {
      setState('refused');
    }
    setTimeout(() => setState('idle'), 2000);
  };
  const words = { idle: label, copied: 'Copied', refused: 'The browser refused' }[state];
  return (
    <Button icon="copy" label={words} look={look} isSmall={isSmall} onClick={() => void copy()} aria-live="polite" />
  );
}
