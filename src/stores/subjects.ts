import { isOther, type PredictionId, readContent } from './paneContent.ts';
import type { Stores } from './stores.ts';

/** Every prediction that a column or the metrics use, the open model's first. */
export function listSubjects({ view, metrics }: Stores): PredictionId[] {
  const { isOpen, subject, second } = metrics.getState();
  const shown = view.getState().panes.map(({ content }) => readContent(content).subject);
  const measured = isOpen ? [subject, ...(second === null ? [] : [second])] : [];
  return [...new Set<PredictionId>(['prediction', ...shown, ...measured])];
}

/** The same without the open model's. */
export function listOthers(stores: Stores): PredictionId[] {
  return listSubjects(stores).filter(isOther);
}
