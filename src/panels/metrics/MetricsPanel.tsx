import './metrics.css';
import { useState } from 'react';
import type { Measured } from '../../stores/metricsStore.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import type { PredictionId } from '../../stores/paneContent.ts';
import { titlePrediction } from '../../stores/sourcesStore.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { countThings } from '../../ui/format.ts';
import { Section } from '../../ui/Section.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { Select } from '../../ui/Select.tsx';
import { type PredictionChoice, usePredictionChoices } from '../predictionChoices.ts';
import { ClassTable } from './ClassTable.tsx';
import { ConfusionMatrix } from './ConfusionMatrix.tsx';
import { FlowHistogram } from './FlowHistogram.tsx';
import { formatJson, formatLatexRow, formatMarkdown, type ReportSubject } from './formatMetrics.ts';
import { ScoreTable } from './ScoreTable.tsx';

type Scope = 'frame' | 'clip';

/** The field's numbers for the shown frame and for all measured frames, growing while the clip runs. */
export function MetricsPanel() {
  const [scope, setScope] = useState<Scope>('clip');
  const hasTruth = usePageState('clip', (state) => state.clip?.hasTruth ?? false);
  const shownFrame = usePageState('playback', (state) => state.shownFrame);
  const frame = usePageState('metrics', (state) => (shownFrame === null ? undefined : state.frames.get(shownFrame)));
  const total = usePageState('metrics', (state) => state.total);
  const subject = usePageState('metrics', (state) => state.subject);
  const second = usePageState('metrics', (state) => state.second);
  const beside = usePageState('metrics', (state) => state.beside);
  const choices = usePredictionChoices(second === null ? [subject] : [subject, second]);
  const problem = usePageState('metrics', (state) => state.problem);
  if (!hasTruth) return <p className="metrics__empty muted">This clip has no ground truth to measure against.</p>;
  const titleOf = (id: PredictionId) => choices.find(({ value }) => value === id)?.label ?? id;
  const columns = [{ title: titleOf(subject), frame: frame?.summary ?? null, total: total?.summary ?? null }];
  if (second !== null) {
    const besideFrame = shownFrame === null ? undefined : beside?.frames.get(shownFrame);
    columns.push({
      title: titleOf(second),
      frame: besideFrame?.summary ?? null,
      total: beside?.total.summary ?? null,
    });
  }
  const chosen = scope === 'frame' ? (frame ?? null) : total;
  return (
    <div className="metrics" data-testid="metrics" data-measured={total?.counts.frames.withTruth ?? 0}>
      <Progress />
      {problem && (
        <p className="metrics__problem" role="alert">
          {problem}
        </p>
      )}
      <Whose choices={choices} />
      <Section title="Scores" aside="a row colours the timeline">
        <ScoreTable columns={columns} />
      </Section>
      <div className="metrics__scope">
        <Segments<Scope>
          label="Frames that the tables below count"
          value={scope}
          options={[
            { value: 'frame', label: 'This frame' },
            { value: 'clip', label: 'All measured frames' },
          ]}
          onChange={setScope}
        />
      </div>
      {chosen ? <Details measured={chosen} /> : <p className="metrics__empty muted">This frame is not measured yet.</p>}
      <Sharing />
    </div>
  );
}

/** Whose numbers are shown, and whose beside them. */
function Whose({ choices }: { readonly choices: readonly PredictionChoice[] }) {
  const { stores } = usePage();
  const subject = usePageState('metrics', (state) => state.subject);
  const second = usePageState('metrics', (state) => state.second);
  const inUse = usePageState('sources', (state) => state.used);
  if (choices.length < 2) return null;
  const wrongGrid = [subject, second].some((id) => id !== null && inUse.get(id)?.isComparable === false);
  return (
    <div className="metrics__whose">
      <Select
        label="Whose numbers"
        value={subject}
        options={choices}
        onChange={(value) =>
          stores.metrics.setState({
            subject: value as PredictionId,
            // The two change places rather than be the same.
            second: value === second ? subject : second,
          })
        }
      />
      <span className="muted">beside</span>
      <Select
        label="Whose numbers beside them"
        value={second ?? ''}
        options={[{ value: '', label: 'nothing' }, ...choices.filter(({ value }) => value !== subject)]}
        onChange={(value) => stores.metrics.setState({ second: value === '' ? null : (value as PredictionId) })}
      />
      {wrongGrid && <p role="alert">A prediction on another grid than the truth cannot be measured.</p>}
    </div>
  );
}

function Details({ measured }: { readonly measured: Measured }) {
  const isMasked = usePageState('view', (state) => state.isMasked);
  const { counts, summary } = measured;
  const where = isMasked ? 'inside the camera mask' : 'whole grid';
  return (
    <>
      <Section title="Classes" aside={where}>
        <ClassTable summary={summary} isMasked={isMasked} />
      </Section>
      <Section title="Confusion" aside={where} isOpen={false}>
        <ConfusionMatrix confusion={isMasked ? counts.confusion.camera : counts.confusion.all} />
      </Section>
      <Section title="Flow error" aside="voxels that truly move" isOpen={false}>
        {summary.flow ? (
          <FlowHistogram histogram={summary.flow.histogram} mean={summary.flow.voxels.mean} />
        ) : (
          <p className="muted">Prediction or truth has no flow.</p>
        )}
      </Section>
    </>
  );
}

function Progress() {
  const { metricsRun } = usePage();
  const frames = usePageState('clip', (state) => state.clip?.frames.length ?? 0);
  const measured = usePageState('metrics', (state) => state.frames.size);
  const measuring = usePageState('metrics', (state) => state.measuring);
  const isRunning = usePageState('metrics', (state) => state.isRunningClip);
  return (
    <div className="metrics__progress">
      <Button
        icon={isRunning ? 'pause' : 'play'}
        label={isRunning ? 'Stop' : 'Measure the whole clip'}
        look={isRunning ? 'outline' : 'solid'}
        isSmall
        disabled={!isRunning && measured === frames && frames > 0}
        onClick={() => metricsRun.toggleClipRun()}
      />
      <span className="muted" aria-live="polite">
        {measured} of {countThings(frames, 'frame')} measured
        {measuring !== null && `, frame ${measuring + 1} now`}
      </span>
    </div>
  );
}

function Sharing() {
  const { stores } = usePage();
  const total = usePageState('metrics', (state) => state.total);
  if (!total) return null;
  const describe = (): ReportSubject => {
    const { clip } = stores.clip.getState();
    const { card, backend, choices } = stores.model.getState();
    const { subject } = stores.metrics.getState();
    const { stored } = stores.sources.getState();
    const isMain = subject === 'prediction';
    return {
      clip: clip?.id ?? '',
      model: isMain ? (card?.id ?? '') : subject,
      title: isMain ? (card?.title ?? '') : titlePrediction(subject, { models: choices, stored }),
      backend,
      frames: [...stores.metrics.getState().frames.keys()].sort((a, b) => a - b),
      totalFrames: clip?.frames.length ?? 0,
      measured: stores.metrics.getState().total!,
    };
  };
  return (
    <Section title="Report">
      <div className="metrics__copies">
        <CopyButton label="JSON" look="outline" read={() => formatJson(describe())} />
        <CopyButton label="Markdown table" look="outline" read={() => formatMarkdown(describe())} />
        <CopyButton label="LaTeX row" look="outline" read={() => formatLatexRow(describe())} />
      </div>
      <p className="muted metrics__note">
        Rays start where the lidar of the nuScenes car stands, at up to eight poses of the clip.
      </p>
    </Section>
  );
}
