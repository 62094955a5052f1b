import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { Button } from './Button.tsx';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog of the platform: focus stays inside, Escape and a click beside it close it. However it ends, the focus
 * is back where it was at once, so that the next key is the page's.
 */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen) shut(dialog.current);
  }, [isOpen]);
  // Taken away while open, the element would not give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    return () => shut(element);
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself.
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      onCancel={(event) => {
        // A file field's own cancelling bubbles.
        if (event.target !== dialog.current) return;
        shut(dialog.current);
        onClose();
      }}
      onClose={() => {
        // Told late: it may be open again by now.
        if (isOpen && !dialog.current?.open) onClose();
      }}
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

/** Without anything to give the focus back to, the platform leaves it on the hidden control until the next frame, which would take a key. */
function shut(dialog: HTMLDialogElement | null): void {
  if (!dialog?.open) return;
  dialog.close();
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && dialog.contains(focused)) focused.blur();
}
