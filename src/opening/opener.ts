import type { ComponentType } from 'react';
import type { Clip, TruthSource } from '../domain/clip.ts';
import type { FileTree } from '../domain/fileTree.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';

/** What an opener's panel gets from the page, and what it may hand back. */
export interface OpenerPanelProps {
  readonly tree: FileTree;
  /** Show a drive; the page owns it from now on. Resolves when it is open. */
  openClip(clip: Clip): Promise<void>;
  /** Offer predictions of another program as a column. */
  addPredictions(stored: StoredPredictions): void;
  /** Make this the ground truth of the open clip, whose frames it was matched to. */
  addTruth(truth: TruthSource): void;
  /** Offer a model package and switch to it. `read` gives a file of the package by its path. Rejects with what is wrong with it. */
  addModel(read: (path: string) => Promise<Blob | null>): Promise<void>;
  /** Leave without opening anything. */
  close(): void;
}

/** One kind of thing that a person can hand to the page: a data root, a sequence, predictions, a model. */
export interface Opener {
  readonly kind: string;
  /** What people call it, for the choice when more than one kind fits. */
  readonly title: string;
  /** 0 = not of this kind, 1 = certainly; looks at a few names only and never lists a large folder to its end. */
  recognise(tree: FileTree): Promise<number>;
  /** Downloads the panel that opens it. */
  loadPanel(): Promise<ComponentType<OpenerPanelProps>>;
}
