import { Suspense } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import type { PaneContent, ViewPreset } from '../stores/viewStore.ts';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Segments.tsx';
import { FrameReadout } from './FrameReadout.tsx';
import { StatePlate } from './StatePlate.tsx';

interface ViewPaneProps {
  readonly paneIndex: number;
  readonly content: PaneContent;
}

/** One 3D view with its own heading: what it shows, from where, and what it waits for. */
export function ViewPane({ paneIndex, content }: ViewPaneProps) {
  const { stores, Viewport } = usePage();
  const hasTruth = usePageState('clip', (state) => state.clip?.hasTruth ?? false);
  const preset = usePageState('view', (state) => state.preset);
  const followEgo = usePageState('view', (state) => state.followEgo);
  const showContent = (value: PaneContent) =>
    stores.view.setState(({ panes }) => ({ panes: panes.map((old, index) => (index === paneIndex ? value : old)) }));
  return (
    <section className="pane" aria-label={content === 'truth' ? 'Ground truth in 3D' : 'Prediction in 3D'}>
      <div className="pane__canvas">
        <Suspense fallback={<p className="pane__wait">Loading the 3D view</p>}>
          <Viewport paneIndex={paneIndex} />
        </Suspense>
      </div>
      <div className="pane__head">
        <Segments<PaneContent>
          label="What the 3D view shows"
          value={content}
          options={[
            { value: 'prediction', label: 'Prediction' },
            {
              value: 'truth',
              label: 'Ground truth',
              isDisabled: !hasTruth,
              hint: hasTruth ? 'The clip’s own labels (T)' : 'This clip has no ground truth',
            },
          ]}
          onChange={showContent}
        />
        <div className="pane__presets">
          <Segments<ViewPreset>
            label="Camera of the 3D view"
            value={preset}
            options={[
              { value: 'birds-eye', label: 'Bird’s-eye', hint: 'Straight down (1)' },
              { value: 'chase', label: 'Chase', hint: 'Behind the vehicle (2)' },
              { value: 'free', label: 'Free', hint: 'Orbit with the pointer (3)' },
            ]}
            onChange={(value) => stores.view.setState({ preset: value })}
          />
          <Button
            icon="follow"
            label="Follow the ego vehicle"
            iconOnly
            shortcut="F"
            isPressed={followEgo}
            onClick={() => stores.view.setState({ followEgo: !followEgo })}
          />
        </div>
      </div>
      <div className="pane__foot">
        <StatePlate content={content} />
        <FrameReadout content={content} />
      </div>
    </section>
  );
}
