import { usePage, usePageState } from '../stores/page.tsx';
import { PLAYBACK_SPEEDS } from '../stores/playbackStore.ts';
import { Button } from '../ui/Button.tsx';
import { formatClipTime } from '../ui/format.ts';
import { Select } from '../ui/Select.tsx';

/** Transport, the scrubber with predicted frames marked, and where we are. */
export function Timeline() {
  const frames = usePageState('clip', (state) => state.clip?.frames);
  return (
    <section className="timeline" aria-label="Timeline">
      <Transport />
      {frames ? <Scrubber frameCount={frames.length} /> : <div className="scrubber" />}
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

function Scrubber({ frameCount }: { readonly frameCount: number }) {
  const { session } = usePage();
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const shownFrame = usePageState('playback', (state) => state.shownFrame);
  const predicted = usePageState('playback', (state) => state.predictedFrames);
  const catchingUp = usePageState('playback', (state) => state.catchingUp);
  const indices = Array.from({ length: frameCount }, (_, index) => index);
  return (
    <div className="scrubber" style={{ '--frames': frameCount } as React.CSSProperties}>
      <div className="scrubber__cells" aria-hidden="true">
        {indices.map((index) => (
          <span
            key={index}
            className="scrubber__cell"
            data-predicted={predicted.has(index) || undefined}
            data-current={index === frameIndex || undefined}
            data-shown={(index === shownFrame && index !== frameIndex) || undefined}
            data-busy={(index === frameIndex && catchingUp !== null) || undefined}
          />
        ))}
      </div>
      <input
        type="range"
        className="scrubber__input"
        aria-label="Frame"
        aria-valuetext={`Frame ${frameIndex + 1} of ${frameCount}${predicted.has(frameIndex) ? ', predicted' : ''}`}
        min={0}
        max={frameCount - 1}
        value={frameIndex}
        onChange={(event) => void session.seek(Number(event.target.value)).catch(() => undefined)}
      />
    </div>
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
