import './opening.css';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Progress } from '../ui/Progress.tsx';
import { treeFromEntries } from './fileTrees.ts';
import { followHandOver, type Step } from './followHandOver.ts';
import type { Dropped } from './listenForDrops.ts';
import { type OwnThings, OwnThingsList } from './OwnThingsList.tsx';
import type { Opener, OpenerPanelProps } from './opener.ts';
import type { Fit } from './openers.ts';
import { SourceChoice } from './SourceChoice.tsx';

/** What the dialog needs of the page. */
export interface OpeningPage extends Omit<OpenerPanelProps, 'tree' | 'close'> {
  readonly base: string;
  readonly own: OwnThings;
}

interface OpeningDialogProps {
  readonly page: OpeningPage;
  /** What was dropped; null for the dialog that asks. */
  readonly dropped: Dropped | null;
  readonly onClose: () => void;
}

/** From what a person hands to the page to what is opened: look at it, choose where several kinds fit, show the panel of that kind. */
export function OpeningDialog({ page, dropped, onClose }: OpeningDialogProps) {
  const [step, setStep] = useState<Step>({ name: 'ask' });
  const [follower] = useState(() => followHandOver(setStep));
  useEffect(() => () => follower.stop(), [follower]);
  const handOver = useHandOver(page, onClose);
  useEffect(() => {
    if (dropped) follower.lookAt(async () => treeFromEntries(dropped.entries), 'Looking at what was dropped');
  }, [follower, dropped]);
  return (
    <Dialog title="Open" isOpen onClose={onClose}>
      <div className="opening" data-step={step.name} data-kind={step.name === 'panel' ? step.kind : undefined}>
        {step.name === 'ask' && <SourceChoice base={page.base} onTree={follower.lookAt} onFault={follower.fail} />}
        {step.name === 'ask' && <OwnThingsList own={page.own} onFault={follower.fail} onClose={onClose} />}
        {step.name === 'look' && <Looking title={step.title} />}
        {step.name === 'choose' && (
          <KindChoice
            fits={step.fits}
            name={step.tree.name}
            onChoose={(opener) => follower.choose(opener, step.tree)}
          />
        )}
        {step.name === 'panel' && <step.Panel {...page} {...handOver} tree={step.tree} />}
        {step.name === 'failed' && (
          <ErrorBox {...step.fault}>
            <Button label="Choose something else" look="outline" isSmall onClick={follower.restart} />
          </ErrorBox>
        )}
      </div>
    </Dialog>
  );
}

/** A panel may still be at work when its dialog is closed: what it opens then is not wanted, and it closes no other dialog. */
function useHandOver(page: OpeningPage, onClose: () => void): Pick<OpenerPanelProps, 'openClip' | 'close'> {
  const isOpen = useRef(false);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  return {
    openClip: async (clip) => (isOpen.current ? await page.openClip(clip) : clip.close()),
    close: () => isOpen.current && onClose(),
  };
}

function Looking({ title }: { readonly title: string }) {
  return (
    <div className="opening__work" role="status">
      <p>{title}</p>
      <Progress label={title} fraction={null} />
    </div>
  );
}

interface KindChoiceProps {
  readonly name: string;
  readonly fits: readonly Fit[];
  readonly onChoose: (opener: Opener) => void;
}

function KindChoice({ name, fits, onChoose }: KindChoiceProps) {
  return (
    <div className="opening__choice">
      <p>{name} can be opened as more than one thing. What is it?</p>
      {fits.map(({ opener }) => (
        <Button key={opener.kind} label={opener.title} look="outline" onClick={() => onChoose(opener)} />
      ))}
    </div>
  );
}
