import { Suspense } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { changePane, type Pane, type PaneContent, removePane } from '../stores/panes.ts';
import { Boundary } from '../ui/Boundary.tsx';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Segments.tsx';
import { Select } from '../ui/Select.tsx';
import { ComparisonLegend } from './ComparisonLegend.tsx';
import { FrameReadout } from './FrameReadout.tsx';
import { HoverReadout } from './HoverReadout.tsx';
import { PaneGrip } from './PaneGrip.tsx';
import { StatePlate } from './StatePlate.tsx';
import { useImagesFirst } from './useImagesFirst.ts';

interface ViewPaneProps {
  readonly pane: Pane;
  /** Place from the left. */
  readonly index: number;
  readonly count: number;
  readonly isSwipe: boolean;
}

const titles: Readonly<Record<PaneContent, string>> = {
  prediction: 'Prediction',
  truth: 'Ground truth',
  difference: 'Difference',
  'flow-error': 'Flow error',
  flicker: 'Flicker',
};

/** One 3D view with its own heading: what it shows, and what it waits for. */
export function ViewPane({ pane, index, count, isSwipe }: ViewPaneProps) {
  const { Viewport } = usePage();
  const isPeeking = usePageState('view', (state) => state.isPeeking);
  const canMount = useImagesFirst();
  const phase = usePageState('model', (state) => state.phase);
  const content = isPeeking ? 'truth' : pane.content;
  const classNames = ['pane', isSwipe && index === 1 ? 'pane--over' : '', isPeeking ? 'pane--peeking' : ''];
  return (
    <section
      className={classNames.filter(Boolean).join(' ')}
      style={isSwipe ? undefined : { flexGrow: pane.share * 100 }}
      aria-label={`${titles[content]} in 3D`}
      data-content={content}
    >
      <div className="pane__canvas">
        <Boundary sentence="The 3D view could not be drawn." resetKey={phase}>
          <Suspense fallback={<p className="pane__wait">Loading the 3D view</p>}>
            {canMount ? <Viewport paneKey={pane.key} /> : <p className="pane__wait">Loading the 3D view</p>}
          </Suspense>
        </Boundary>
      </div>
      <div className="pane__head">
        <ContentChoice pane={pane} isNarrow={count > 2 || isSwipe} />
        {count > 1 && <PaneTools pane={pane} index={index} />}
      </div>
      <div className="pane__foot">
        <div className="pane__plates">
          <ComparisonLegend content={content} />
          {index === 0 && <StatePlate content={content} />}
        </div>
        <div className="pane__readouts">
          <HoverReadout paneKey={pane.key} />
          <FrameReadout content={content} />
        </div>
      </div>
    </section>
  );
}

function ContentChoice({ pane, isNarrow }: { readonly pane: Pane; readonly isNarrow: boolean }) {
  const { stores } = usePage();
  const hasTruth = usePageState('clip', (state) => state.clip?.hasTruth ?? false);
  const hint = hasTruth ? undefined : 'This clip has no ground truth';
  const options = listed.map((value) => ({
    value,
    label: titles[value],
    isDisabled: value !== 'prediction' && !hasTruth,
    ...(value !== 'prediction' && hint ? { hint } : {}),
  }));
  const choose = (content: PaneContent) =>
    stores.view.setState(({ panes }) => ({ panes: changePane(panes, pane.key, { content }) }));
  if (isNarrow) {
    return (
      <Select
        label="What this column shows"
        value={pane.content}
        options={options.filter(({ isDisabled }) => !isDisabled)}
        onChange={(value) => choose(value as PaneContent)}
      />
    );
  }
  return (
    <Segments<PaneContent> label="What the 3D view shows" value={pane.content} options={options} onChange={choose} />
  );
}

const listed: readonly PaneContent[] = ['prediction', 'truth', 'difference', 'flow-error', 'flicker'];

function PaneTools({ pane, index }: { readonly pane: Pane; readonly index: number }) {
  const { stores } = usePage();
  const close = () =>
    stores.view.setState(({ panes, layout }) => {
      const next = removePane(panes, pane.key);
      return { panes: next, layout: next.length < 2 ? 'columns' : layout };
    });
  return (
    <div className="pane__tools">
      <PaneGrip paneKey={pane.key} index={index} title={titles[pane.content]} />
      <Button icon="close" label={`Close ${titles[pane.content].toLowerCase()}`} iconOnly isSmall onClick={close} />
    </div>
  );
}
