import type { ComponentType } from 'react';
import type { FileTree } from '../domain/fileTree.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { describeFault, type Fault } from './describeFault.ts';
import type { Opener, OpenerPanelProps } from './opener.ts';
import { chooseFit, type Fit, findFits } from './openers.ts';
import { unpackTree } from './zipTree.ts';

/** How far the dialog is. */
export type Step =
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

/** Gives what a person handed over; the signal says that it is no longer wanted. */
export type HandOver = (signal: AbortSignal) => Promise<FileTree>;

/** From what is handed over to the panel that opens it. */
export interface HandOverFollower {
  lookAt(handed: HandOver, title: string): void;
  /** A person has said which kind it is. */
  choose(opener: Opener, tree: FileTree): void;
  fail(error: unknown): void;
  /** Ask again. */
  restart(): void;
  /** Give up what is under way; nothing is shown any more. */
  stop(): void;
}

/** Follow one thing at a time: what comes later takes the place of what is still looked at, however long that takes. */
export function followHandOver(
  show: (step: Step) => void,
  find: (tree: FileTree) => Promise<readonly Fit[]> = findFits,
): HandOverFollower {
  let current = new AbortController();
  const begin = (work: (signal: AbortSignal) => Promise<Step>) => {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    work(signal).then(
      (step) => !signal.aborted && show(step),
      (error: unknown) => !signal.aborted && show({ name: 'failed', fault: describeFault(error) }),
    );
  };
  const loadPanel = async (opener: Opener, tree: FileTree, signal: AbortSignal): Promise<Step> => {
    if (!signal.aborted) show({ name: 'look', title: `Opening ${tree.name}` });
    return { name: 'panel', tree, Panel: await opener.loadPanel(), kind: opener.kind };
  };
  return {
    lookAt(handed, title) {
      begin(async (signal) => {
        show({ name: 'look', title });
        const tree = await unpackTree(await handed(signal));
        const fits = await find(tree);
        if (fits.length === 0) throw await describeNothing(tree);
        const opener = chooseFit(fits);
        return opener ? await loadPanel(opener, tree, signal) : { name: 'choose', tree, fits };
      });
    },
    choose: (opener, tree) => begin((signal) => loadPanel(opener, tree, signal)),
    fail: (error) => begin(() => Promise.reject(error)),
    restart: () => begin(async () => ({ name: 'ask' })),
    stop: () => current.abort(),
  };
}

async function describeNothing(tree: FileTree): Promise<OccuscopeError> {
  const names: string[] = [];
  for await (const { name } of tree.list('')) {
    names.push(name);
    if (names.length === 6) break;
  }
  const inside =
    names.length > 0
      ? `It holds ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and more' : ''}.`
      : tree.isUnlisted
        ? 'Its server lists no folders, and no file that would say what it is was found by its name.'
        : 'It is empty.';
  return new OccuscopeError('nothing-to-open', { detail: `${tree.name}: ${inside}` });
}
