import './opening.css';
import { type ComponentType, useEffect, useState } from 'react';
import type { FileTree } from '../domain/fileTree.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Progress } from '../ui/Progress.tsx';
import { describeFault, type Fault } from './describeFault.ts';
import { treeFromEntries } from './fileTrees.ts';
import type { Dropped } from './listenForDrops.ts';
import { type OwnThings, OwnThingsList } from './OwnThingsList.tsx';
import type { Opener, OpenerPanelProps } from './opener.ts';
import { chooseFit, type Fit, findFits } from './openers.ts';
import { SourceChoice } from './SourceChoice.tsx';
import { unpackTree } from './zipTree.ts';

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

type Step =
  | { readonly name: 'ask' }
  | { readonly name: 'look'; readonly title: string }
  | { readonly name: 'choose'; readonly tree: FileTree; readonly fits: readonly Fit[] }
  | {
      readonly name: 'panel';
      readonly tree: FileTree;
      readonly Panel: ComponentType<OpenerPanelProps>;
      readonly kind: string;
    }
  | { readonly name: 'failed'; readonly fault: Fault };

/** From what a person hands to the page to what is opened: look at it, choose where several kinds fit, show the panel of that kind. */
export function OpeningDialog({ page, dropped, onClose }: OpeningDialogProps) {
  const [step, setStep] = useState<Step>({ name: 'ask' });
  const fail = (error: unknown) => setStep({ name: 'failed', fault: describeFault(error) });
  const showPanel = (opener: Opener, tree: FileTree) => {
    setStep({ name: 'look', title: `Opening ${tree.name}` });
    opener.loadPanel().then((Panel) => setStep({ name: 'panel', tree, Panel, kind: opener.kind }), fail);
  };
  const lookAt = (handed: () => Promise<FileTree>, title: string) => {
    setStep({ name: 'look', title });
    lookInto(handed).then(({ tree, fits }) => {
      const opener = chooseFit(fits);
      if (opener) showPanel(opener, tree);
      else setStep({ name: 'choose', tree, fits });
    }, fail);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each drop is looked at once.
  useEffect(() => {
    if (dropped) lookAt(async () => treeFromEntries(dropped.entries), 'Looking at what was dropped');
  }, [dropped]);
  return (
    <Dialog title="Open" isOpen onClose={onClose}>
      <div className="opening" data-step={step.name} data-kind={step.name === 'panel' ? step.kind : undefined}>
        {step.name === 'ask' && <SourceChoice base={page.base} onTree={lookAt} onFault={fail} />}
        {step.name === 'ask' && <OwnThingsList own={page.own} onFault={fail} onClose={onClose} />}
        {step.name === 'look' && <Looking title={step.title} />}
        {step.name === 'choose' && (
          <KindChoice fits={step.fits} name={step.tree.name} onChoose={(opener) => showPanel(opener, step.tree)} />
        )}
        {step.name === 'panel' && <step.Panel {...page} tree={step.tree} close={onClose} />}
        {step.name === 'failed' && (
          <ErrorBox {...step.fault}>
            <Button label="Choose something else" look="outline" isSmall onClick={() => setStep({ name: 'ask' })} />
          </ErrorBox>
        )}
      </div>
    </Dialog>
  );
}

async function lookInto(handed: () => Promise<FileTree>): Promise<{ tree: FileTree; fits: Fit[] }> {
  const tree = await unpackTree(await handed());
  const fits = await findFits(tree);
  if (fits.length > 0) return { tree, fits };
  const names: string[] = [];
  for await (const { name } of tree.list('')) {
    names.push(name);
    if (names.length === 6) break;
  }
  const inside =
    names.length > 0
      ? `It holds ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and more' : ''}.`
      : 'It is empty.';
  throw new OccuscopeError('nothing-to-open', { detail: `${tree.name}: ${inside}` });
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
