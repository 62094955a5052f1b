import { Suspense } from 'react';
import { describeCamera } from '../imagePanels/cameraNames.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import type { PaneContent, ViewPreset } from '../stores/viewStore.ts';
import { Boundary } from '../ui/Boundary.tsx';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Segments.tsx';
import { FrameReadout } from './FrameReadout.tsx';
import { HoverReadout } from './HoverReadout.tsx';
import { StatePlate } from './StatePlate.tsx';
import { useImagesFirst } from './useImagesFirst.ts';

interface ViewPaneProps {
  readonly paneIndex: number;
  readonly content: PaneContent;
}

/** One 3D view with its own heading: what it shows, from where, and what it waits for. */
export function ViewPane({ paneIndex, content }: ViewPaneProps) {
  const { stores, Viewport } = usePage();
  const hasTruth = usePageState('clip', (state) => state.clip?.hasTruth ?? false);
  const preset = usePageState('view', (state) => state.preset);
  const canMount = useImagesFirst();
  const phase = usePageState('model', (state) => state.phase);
  const cameraNames = usePageState('clip', (state) => state.clip?.cameraNames);
  const followEgo = usePageState('view', (state) => state.followEgo);
  const showContent = (value: PaneContent) =>
    stores.view.setState(({ panes }) => ({ panes: panes.map((old, index) => (index === paneIndex ? value : old)) }));
  return (
    <section className="pane" aria-label={content === 'truth' ? 'Ground truth in 3D' : 'Prediction in 3D'}>
      <div className="pane__canvas">
        <Boundary sentence="The 3D view could not be drawn." resetKey={phase}>
          <Suspense fallback={<p className="pane__wait">Loading the 3D view</p>}>
            {canMount ? <Viewport paneIndex={paneIndex} /> : <p className="pane__wait">Loading the 3D view</p>}
          </Suspense>
        </Boundary>
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
              ...listOwnView(preset, cameraNames ?? []),
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
        <div className="pane__readouts">
          <HoverReadout paneIndex={paneIndex} />
          <FrameReadout content={content} />
        </div>
      </div>
    </section>
  );
}

/** A rig camera's view is chosen in the strip; while it is on, it stands among the presets. */
function listOwnView(preset: ViewPreset, cameraNames: readonly string[]) {
  const name = cameraNames[Number(preset.split(':')[1] ?? Number.NaN)];
  if (name === undefined) return [];
  const words = describeCamera(name);
  return [
    { value: preset, label: `${words[0]!.toUpperCase()}${words.slice(1)} camera`, hint: 'As this camera sees it' },
  ];
}
