/** What the clock needs to know and do; all times in milliseconds. */
export interface ClockPorts {
  /** Call `tick` once, soon; returns the way to cancel. */
  readonly requestTick: (tick: (now: number) => void) => () => void;
  /** Whether the frame that time stands on is on screen; the clock waits for it rather than run ahead. */
  readonly isShown: () => boolean;
  /** Time from this frame to the next at the present speed. */
  readonly getInterval: () => number;
  /** Go to the next frame; false ends playing (the last frame, without loop). */
  readonly advance: () => boolean;
}

export interface Clock {
  start(): void;
  stop(): void;
}

/**
 * A clock that advances when the frame's time is over AND the frame has been shown, so that slow predictions
 * slow playback down instead of being skipped. Time lost is not caught up.
 */
export function createClock({ requestTick, isShown, getInterval, advance }: ClockPorts): Clock {
  let cancel: (() => void) | null = null;
  let frameStart: number | null = null;
  const tick = (now: number) => {
    frameStart ??= now;
    if (isShown() && now - frameStart >= getInterval()) {
      frameStart = now;
      if (!advance()) {
        cancel = null;
        return;
      }
    }
    cancel = requestTick(tick);
  };
  return {
    start() {
      if (cancel) return;
      frameStart = null;
      cancel = requestTick(tick);
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
