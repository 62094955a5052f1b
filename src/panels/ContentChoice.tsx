import { chooseTruth } from '../stores/clipStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import {
  needsTruth,
  PANE_KINDS,
  type PaneContent,
  type PaneKind,
  type PredictionId,
  readContent,
  writeContent,
} from '../stores/paneContent.ts';
import { changePane, type Pane } from '../stores/panes.ts';
import { titleKind } from '../stores/sourcesStore.ts';
import { Segments } from '../ui/Segments.tsx';
import { Select } from '../ui/Select.tsx';
import { usePredictionChoices } from './predictionChoices.ts';

/** What a column shows, and of which prediction. */
export function ContentChoice({ pane, isNarrow }: { readonly pane: Pane; readonly isNarrow: boolean }) {
  const { stores } = usePage();
  const hasTruth = usePageState('clip', (state) => state.clip?.hasTruth ?? false);
  const truths = usePageState('clip', (state) => state.clip?.truths) ?? [];
  const truthId = usePageState('clip', (state) => state.clip?.truthId) ?? '';
  const { kind, subject } = readContent(pane.content);
  const choices = usePredictionChoices([subject]);
  const choose = (content: PaneContent) =>
    stores.view.setState(({ panes }) => ({ panes: changePane(panes, pane.key, { content }) }));
  const chooseKind = (next: PaneKind) => {
    const canRemember = choices.find(({ value }) => value === subject)?.hasMemory;
    choose(writeContent(next, next === 'memory' && !canRemember ? 'prediction' : subject));
  };
  const options = PANE_KINDS.map((value) => {
    const isDisabled = needsTruth(value) && !hasTruth;
    return { value, label: titleKind(value), isDisabled, ...(isDisabled && { hint: 'This clip has no ground truth' }) };
  });
  const offered = choices.filter(({ hasMemory }) => kind !== 'memory' || hasMemory);
  return (
    <div className="pane__choices">
      {isNarrow ? (
        <Select
          label="What this column shows"
          value={kind}
          options={options.filter(({ isDisabled }) => !isDisabled)}
          onChange={(value) => chooseKind(value as PaneKind)}
        />
      ) : (
        <Segments<PaneKind> label="What the 3D view shows" value={kind} options={options} onChange={chooseKind} />
      )}
      {kind !== 'truth' && offered.length > 1 && (
        <Select
          label="Of which prediction"
          value={subject}
          options={offered}
          onChange={(value) => choose(writeContent(kind, value as PredictionId))}
        />
      )}
      {needsTruth(pane.content) && truths.length > 1 && (
        <Select
          label="Which ground truth"
          value={truthId}
          options={truths.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(id) => chooseTruth(stores.clip, id)}
        />
      )}
    </div>
  );
}
