import type { Frame } from '../domain/clip.ts';
import type { FrameRunner } from '../pipeline/frameRunner.ts';
import type { MemoryUse } from '../stores/paneContent.ts';

/**
 * The runner with its memory used like this. Unmoved: the network is told that the ego stands still, so that its memory stays
 * where it was in the grid. Off is the caller's: a source that treats the network as one without memory resets it before each frame.
 */
export function applyMemoryUse(runner: FrameRunner, use: MemoryUse): FrameRunner {
  if (use !== 'unmoved') return runner;
  let first: Frame | null = null;
  return {
    backend: runner.backend,
    warmUp: () => runner.warmUp(),
    reset() {
      first = null;
      runner.reset();
    },
    run(frame, images) {
      first ??= frame;
      return runner.run({ ...frame, worldFromEgo: first.worldFromEgo }, images);
    },
    readState: () => runner.readState(),
    readTensor: (name) => runner.readTensor(name),
    dispose: () => runner.dispose(),
  };
}
