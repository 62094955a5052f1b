import { usePageState } from '../stores/page.tsx';
import { type PredictionId, writeModelId } from '../stores/paneContent.ts';
import { titlePrediction } from '../stores/sourcesStore.ts';

/** One prediction that a column or the metrics can be about. */
export interface PredictionChoice {
  readonly value: PredictionId;
  readonly label: string;
  readonly hasMemory: boolean;
}

/** The open model again, in the order of the variants below. */
const variantTitles: readonly string[] = ['Memory not moved', 'Without memory'];

/**
 * Every prediction that can be looked at: the open model's, the same with its memory off or unmoved, the other models of the
 * site, what is stored, and what is looked at already.
 */
export function usePredictionChoices(used: readonly PredictionId[] = []): PredictionChoice[] {
  const models = usePageState('model', (state) => state.choices);
  const card = usePageState('model', (state) => state.card);
  const stored = usePageState('sources', (state) => state.stored);
  const variants: PredictionId[] = card?.hasMemory
    ? [writeModelId(card.address, 'unmoved'), writeModelId(card.address, 'off')]
    : [];
  const others = models.filter(({ id, isHidden }) => !isHidden && id !== card?.address);
  const ids = new Set<PredictionId>([
    ...variants,
    ...others.map(({ id }) => writeModelId(id, 'moved')),
    ...stored.map(({ id }) => id),
    ...used.filter((id) => id !== 'prediction'),
  ]);
  const main = { value: 'prediction' as const, label: card?.title ?? 'Open model', hasMemory: card?.hasMemory ?? true };
  const rest = [...ids].map((value): PredictionChoice => {
    const hasMemory = value.startsWith('model:') && !value.endsWith('memory=off');
    const variant = variants.indexOf(value);
    const label = variantTitles[variant] ?? titlePrediction(value, { models, stored });
    return { value, label, hasMemory };
  });
  return [main, ...rest];
}
