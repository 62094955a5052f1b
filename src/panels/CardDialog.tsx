import { useEffect, useState } from 'react';
import { Dialog } from '../ui/Dialog.tsx';

interface CardDialogProps {
  readonly title: string;
  readonly readCard: () => Promise<string>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The model card as the plain text that it is. */
export function CardDialog({ title, readCard, isOpen, onClose }: CardDialogProps) {
  const [text, setText] = useState('');
  useEffect(() => {
    if (!isOpen) return;
    let isCurrent = true;
    const show = (words: string) => isCurrent && setText(words);
    show('');
    readCard().then(show, (error: unknown) => show(`The card could not be read. ${String(error)}`));
    return () => {
      isCurrent = false;
    };
  }, [isOpen, readCard]);
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <pre className="card-text">{text}</pre>
    </Dialog>
  );
}
