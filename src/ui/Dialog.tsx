import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from './Button.tsx';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal dialog of the platform: focus stays inside, Escape and a click beside it close it. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen && dialog.current?.open) dialog.current.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself.
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog__head">
        <h2>{title}</h2>
        <Button icon="close" label="Close" iconOnly onClick={onClose} />
      </div>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long text without controls must scroll by the arrow keys too.
        <div className="dialog__body" tabIndex={0}>
          {children}
        </div>
      )}
    </dialog>
  );
}
