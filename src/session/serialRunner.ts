import type { FrameOutput, FrameRunner } from '../pipeline/frameRunner.ts';

/**
 * The same runner, whose runs wait for each other: a clip or memory may be given up while a frame is still running.
 * A reset takes effect before the next run that starts; disposing waits for what runs.
 */
export function serialiseRuns(runner: FrameRunner): FrameRunner {
  let tail: Promise<unknown> = Promise.resolve();
  let isResetWanted = false;
  let isDisposed = false;
  const look = <Result>(read: () => Promise<Result>): Promise<Result> => {
    const found = tail.then(() => {
      if (isDisposed) throw new DOMException('The model was closed.', 'AbortError');
      return read();
    });
    tail = found.catch(() => undefined);
    return found;
  };
  return {
    backend: runner.backend,
    warmUp() {
      const warm = tail.then(() => runner.warmUp());
      tail = warm.catch(() => undefined);
      return warm;
    },
    reset: () => {
      isResetWanted = true;
    },
    run(frame, images) {
      const result = tail.then(async (): Promise<FrameOutput> => {
        if (isDisposed) throw new DOMException('The model was closed.', 'AbortError');
        if (isResetWanted) runner.reset();
        isResetWanted = false;
        return await runner.run(frame, images);
      });
      tail = result.catch(() => undefined);
      return result;
    },
    readState: () => look(() => runner.readState()),
    readTensor: (name) => look(() => runner.readTensor(name)),
    dispose() {
      isDisposed = true;
      void tail.then(() => runner.dispose());
    },
  };
}
