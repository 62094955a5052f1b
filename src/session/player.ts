import { createClock } from '../playback/clock.ts';
import { areSourcesSettled } from '../stores/sourcesStore.ts';
import type { Stores } from '../stores/stores.ts';

/** Plays the clip: the clock over the stores. */
export interface Player {
  start(): void;
  stop(): void;
}

interface PlayerPorts {
  readonly stores: Stores;
  /** Whether playback has predictions to wait for. */
  readonly canPredict: () => boolean;
  /** Predict and show the frame that playback stands on. */
  readonly show: () => void;
}

export function createPlayer({ stores, canPredict, show }: PlayerPorts): Player {
  const { playback, clip, view, model, sources } = stores;
  const countFrames = () => clip.getState().clip?.frames.length ?? 0;
  const isPredictionShown = () => view.getState().panes.some(({ content }) => content !== 'truth');
  const goTo = (frameIndex: number) => {
    playback.setState({ frameIndex });
    show();
  };
  const clock = createClock({
    requestTick: (tick) => {
      const handle = requestAnimationFrame(tick);
      return () => cancelAnimationFrame(handle);
    },
    isShown: () => {
      const { shownFrame, frameIndex, frameFault } = playback.getState();
      if (frameFault?.frameIndex === frameIndex) return true;
      if (shownFrame === frameIndex) return areSourcesSettled(sources.getState(), frameIndex);
      // Images and truth can be played while nothing is predicted.
      return !canPredict() || model.getState().phase !== 'ready' || !isPredictionShown();
    },
    getInterval: () => measureInterval(stores),
    advance: () => {
      const { frameIndex, isLooping } = playback.getState();
      const next = frameIndex + 1;
      if (next >= countFrames() && !isLooping) {
        playback.setState({ isPlaying: false });
        return false;
      }
      goTo(next >= countFrames() ? 0 : next);
      return true;
    },
  });
  return {
    start() {
      if (countFrames() === 0) return;
      const { frameIndex, isLooping } = playback.getState();
      playback.setState({ isPlaying: true });
      if (!isLooping && frameIndex === countFrames() - 1) goTo(0);
      clock.start();
    },
    stop() {
      playback.setState({ isPlaying: false });
      clock.stop();
    },
  };
}

/** Milliseconds from the present frame to the next at the present speed. */
function measureInterval({ clip, playback }: Stores): number {
  const frames = clip.getState().clip?.frames ?? [];
  const { frameIndex, speed } = playback.getState();
  const now = frames[frameIndex];
  const next = frames[frameIndex + 1];
  const natural = now && next ? (next.timestampMicroseconds - now.timestampMicroseconds) / 1000 : 500;
  return Math.min(Math.max(natural, 10), 5000) / speed;
}
