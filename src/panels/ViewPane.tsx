import { lazy, Suspense } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { type PaneContent, readContent } from '../stores/paneContent.ts';
import { type Pane, removePane } from '../stores/panes.ts';
import { titleContent } from '../stores/sourcesStore.ts';
import { findContent } from '../stores/viewStore.ts';
import { Boundary } from '../ui/Boundary.tsx';
import { Button } from '../ui/Button.tsx';
import { ComparisonLegend } from './ComparisonLegend.tsx';
import { ContentChoice } from './ContentChoice.tsx';
import { FrameReadout } from './FrameReadout.tsx';
import { HoverReadout } from './HoverReadout.tsx';
import { PaneGrip } from './PaneGrip.tsx';
import { SourcePlate } from './SourcePlate.tsx';
import { StatePlate } from './StatePlate.tsx';
import { useImagesFirst } from './useImagesFirst.ts';

interface ViewPaneProps {
  readonly pane: Pane;
  /** Place from the left. */
  readonly index: number;
  readonly count: number;
  readonly isSwipe: boolean;
}

// Nobody looks into the memory at first sight.
const MemoryPane = lazy(async () => ({ default: (await import('./memory/MemoryPane.tsx')).MemoryPane }));

/** One 3D view with its own heading: what it shows, and what it waits for. */
export function ViewPane({ pane, index, count, isSwipe }: ViewPaneProps) {
  const { Viewport } = usePage();
  const canMount = useImagesFirst();
  const phase = usePageState('model', (state) => state.phase);
  const content = usePageState('view', (state) => findContent(state, pane.key)) ?? pane.content;
  const isPeeking = content !== pane.content;
  const title = usePaneTitle(content);
  const { kind, subject } = readContent(content);
  const classNames = ['pane', isSwipe && index === 1 ? 'pane--over' : '', isPeeking ? 'pane--peeking' : ''];
  return (
    <section
      className={classNames.filter(Boolean).join(' ')}
      style={isSwipe ? undefined : { flexGrow: pane.share * 100 }}
      aria-label={kind === 'memory' ? title : `${title} in 3D`}
      data-content={content}
    >
      <div className="pane__canvas">
        <Boundary sentence="The 3D view could not be drawn." resetKey={phase}>
          <Suspense fallback={<p className="pane__wait">Loading the 3D view</p>}>
            {kind === 'memory' ? (
              <MemoryPane subject={subject} />
            ) : canMount ? (
              <Viewport paneKey={pane.key} />
            ) : (
              <p className="pane__wait">Loading the 3D view</p>
            )}
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
          {subject !== 'prediction' ? (
            <SourcePlate content={content} />
          ) : (
            index === 0 && <StatePlate content={content} />
          )}
        </div>
        {kind !== 'memory' && (
          <div className="pane__readouts">
            <HoverReadout paneKey={pane.key} />
            <FrameReadout content={content} />
          </div>
        )}
      </div>
    </section>
  );
}

function PaneTools({ pane, index }: { readonly pane: Pane; readonly index: number }) {
  const { stores } = usePage();
  const title = usePaneTitle(pane.content);
  const close = () =>
    stores.view.setState(({ panes, layout }) => {
      const next = removePane(panes, pane.key);
      return { panes: next, layout: next.length < 2 ? 'columns' : layout };
    });
  return (
    <div className="pane__tools">
      <PaneGrip paneKey={pane.key} index={index} title={title} />
      <Button icon="close" label={`Close ${title.toLowerCase()}`} iconOnly isSmall onClick={close} />
    </div>
  );
}

function usePaneTitle(content: PaneContent): string {
  const models = usePageState('model', (state) => state.choices);
  const stored = usePageState('sources', (state) => state.stored);
  return titleContent(content, { models, stored });
}
