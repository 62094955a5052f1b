import { usePage, usePageState } from '../stores/page.tsx';
import { PLAYBACK_SPEEDS } from '../stores/playbackStore.ts';
import { Button } from '../ui/Button.tsx';
import { formatClipTime } from '../ui/format.ts';
import { Select } from '../ui/Select.tsx';
import { Scrubber } from './Scrubber.tsx';

/** Transport, the scrubber with predicted frames marked, and where we are. */
export function Timeline() {
  const frames = usePageState('clip', (state) => state.clip?.frames);
  return (
    <section className="timeline" aria-label="Timeline">
      <Transport />
      {frames ? <Scrubber frameCount={frames.length} /> : <div className="scrubber" />}
      <FailureJumps />
      <Position />
    </section>
  );
}

function Transport() {
  const { actions, stores, session } = usePage();
  const isPlaying = usePageState('playback', (state) => state.isPlaying);
  const isLooping = usePageState('playback', (state) => state.isLooping);
  const speed = usePageState('playback', (state) => state.speed);
  const run = (id: string) => () => actions.find((action) => action.id === id)?.run();
  return (
    <fieldset className="transport" aria-label="Playback">
      <Button icon="first" label="First frame" iconOnly shortcut="Home" onClick={run('first')} />
      <Button icon="step-back" label="Previous frame" iconOnly shortcut="←" onClick={run('previous')} />
      <Button
        icon={isPlaying ? 'pause' : 'play'}
        label={isPlaying ? 'Pause' : 'Play'}
        iconOnly
        look="solid"
        shortcut="Space"
        onClick={() => session.setPlaying(!isPlaying)}
      />
      <Button icon="step-forward" label="Next frame" iconOnly shortcut="→" onClick={run('next')} />
      <Button icon="last" label="Last frame" iconOnly shortcut="End" onClick={run('last')} />
      <Button icon="loop" label="Loop" iconOnly shortcut="L" isPressed={isLooping} onClick={run('loop')} />
      <Select
        label="Speed"
        isQuiet
        value={String(speed)}
        options={PLAYBACK_SPEEDS.map((value) => ({ value: String(value), label: `${value}×` }))}
        onChange={(value) => stores.playback.setState({ speed: Number(value) })}
      />
    </fieldset>
  );
}

/** Shown once frames are measured: what colours the timeline, and the ways to where the network fails. */
function FailureJumps() {
  const { actions } = usePage();
  const title = usePageState('metrics', (state) => state.series?.title);
  if (title === undefined) return null;
  const run = (id: string) => () => actions.find((action) => action.id === id)?.run();
  return (
    <fieldset className="transport jumps" aria-label={`Coloured by ${title}`}>
      <span className="jumps__title">
        <span className="jumps__ramp" aria-hidden="true" />
        {title}
      </span>
      <Button label="Worst frame" isSmall look="outline" shortcut="J" onClick={run('worst-frame')} />
      <Button label="Worst class" isSmall look="outline" shortcut="Shift J" onClick={run('worst-class')} />
      <Button label="Next change" isSmall look="outline" shortcut="O" onClick={run('next-change')} />
    </fieldset>
  );
}

function Position() {
  const frames = usePageState('clip', (state) => state.clip?.frames);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const predicted = usePageState('playback', (state) => state.predictedFrames);
  const first = frames?.[0];
  const now = frames?.[frameIndex];
  const seconds = first && now ? (now.timestampMicroseconds - first.timestampMicroseconds) / 1e6 : 0;
  return (
    <div className="position">
      <span className="position__frame">
        <strong data-testid="frame-number">{frames ? frameIndex + 1 : '–'}</strong>
        <span className="muted"> / {frames?.length ?? '–'}</span>
      </span>
      <span className="muted mono">{formatClipTime(seconds)}</span>
      <span className="muted position__predicted">{predicted.size} predicted</span>
    </div>
  );
}
