import type { PaneContent } from './paneContent.ts';
import type { ViewPreset } from './viewPreset.ts';

/** One 3D pane. */
export interface Pane {
  /** Stays with the pane while it is moved. */
  readonly key: number;
  readonly content: PaneContent;
  /** Share of the row's width; the shares of all panes add up to 1. */
  readonly share: number;
  /** Where this pane looks from while the cameras are not linked; null follows the page's preset. */
  readonly ownPreset: ViewPreset | null;
}

export const MAXIMUM_PANES = 4;

/** No pane is narrower than this share of the row. */
export const SMALLEST_SHARE = 0.12;

/** What a new pane shows: the first of these that no pane shows yet. */
const nextContents: readonly PaneContent[] = ['truth', 'difference', 'prediction', 'flow-error'];

/** Panes with these contents, left to right; more than fit are left out. Of equal width, or of these shares made to fill the row. */
export function createPanes(contents: readonly PaneContent[], widths?: readonly number[]): Pane[] {
  const kept = contents.slice(0, MAXIMUM_PANES);
  const wanted = kept.map((_, index) => Math.max(widths?.length === kept.length ? widths[index]! : 1, 0));
  const sum = wanted.reduce((total, width) => total + width, 0);
  const isFair = sum > 0 && wanted.every((width) => width / sum >= SMALLEST_SHARE - 0.005);
  return kept.map((content, key) => {
    const share = isFair ? wanted[key]! / sum : 1 / kept.length;
    return { key, content, share, ownPreset: null };
  });
}

/** One more pane at the right, all of equal width; the same panes when there is no room. */
export function addPane(panes: readonly Pane[], content?: PaneContent): readonly Pane[] {
  if (panes.length >= MAXIMUM_PANES) return panes;
  const shown = new Set(panes.map((pane) => pane.content));
  const chosen = content ?? nextContents.find((candidate) => !shown.has(candidate)) ?? 'prediction';
  const key = 1 + Math.max(...panes.map((pane) => pane.key));
  const share = 1 / (panes.length + 1);
  return [...panes, { key, content: chosen, share, ownPreset: null }].map((pane) => ({ ...pane, share }));
}

/** Without that pane; its width goes to the others in proportion. The last pane stays. */
export function removePane(panes: readonly Pane[], key: number): readonly Pane[] {
  const rest = panes.filter((pane) => pane.key !== key);
  if (rest.length === 0) return panes;
  const total = rest.reduce((sum, pane) => sum + pane.share, 0);
  return rest.map((pane) => ({ ...pane, share: pane.share / total }));
}

/** The pane `key` at place `target`, the others in their order. */
export function movePane(panes: readonly Pane[], key: number, target: number): readonly Pane[] {
  const from = panes.findIndex((pane) => pane.key === key);
  const to = Math.min(Math.max(0, target), panes.length - 1);
  if (from < 0 || from === to) return panes;
  const rest = panes.filter((pane) => pane.key !== key);
  return [...rest.slice(0, to), panes[from]!, ...rest.slice(to)];
}

/** Move the edge between pane `left` and its right neighbour by `change`, a share of the row. */
export function resizePanes(panes: readonly Pane[], left: number, change: number): readonly Pane[] {
  const [a, b] = [panes[left], panes[left + 1]];
  if (!a || !b) return panes;
  const both = a.share + b.share;
  const share = Math.min(Math.max(a.share + change, SMALLEST_SHARE), both - SMALLEST_SHARE);
  return panes.map((pane) => (pane === a ? { ...a, share } : pane === b ? { ...b, share: both - share } : pane));
}

/** The same panes with `part` of one of them replaced. */
export function changePane(panes: readonly Pane[], key: number, part: Partial<Omit<Pane, 'key'>>): Pane[] {
  return panes.map((pane) => (pane.key === key ? { ...pane, ...part } : pane));
}
