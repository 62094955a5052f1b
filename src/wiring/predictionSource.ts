import type { Clip } from '../domain/clip.ts';
import type { FrameRunner } from '../pipeline/frameRunner.ts';
import { createPredictions } from '../playback/predictions.ts';
import type { PredictionSource } from '../session/ports.ts';

/** Predictions as the session asks for them, with the frames counted that the runner's memory holds. */
export function createPredictionSource(clip: Clip, runner: FrameRunner, canRemember: boolean): PredictionSource {
  // Nobody knows where the ego moved in a clip without poses: every frame is then run as the first one.
  const hasMemory = canRemember && clip.hasPoses !== false;
  let counted = countFrames(runner);
  const predictions = createPredictions(clip, counted, { hasMemory });
  return {
    ensure: (frameIndex, onProgress, signal) => predictions.ensure(frameIndex, { onCatchUp: onProgress, signal }),
    has: (frameIndex) => predictions.has(frameIndex),
    read: (frameIndex) => predictions.get(frameIndex),
    get storedFrames() {
      return predictions.keptFrames;
    },
    get storedBytes() {
      return predictions.keptBytes;
    },
    get memoryFrames() {
      return hasMemory ? counted.framesSinceReset : 0;
    },
    replaceRunner(next) {
      counted = countFrames(next);
      predictions.replaceRunner(counted);
    },
    readMemory: () => predictions.readMemory(),
    readTensor: (name) => predictions.readTensor(name),
    dispose: () => predictions.dispose(),
  };
}

function countFrames(runner: FrameRunner): FrameRunner & { readonly framesSinceReset: number } {
  let framesSinceReset = 0;
  return {
    backend: runner.backend,
    get framesSinceReset() {
      return framesSinceReset;
    },
    warmUp: () => runner.warmUp(),
    reset() {
      framesSinceReset = 0;
      runner.reset();
    },
    async run(frame, images) {
      const output = await runner.run(frame, images);
      framesSinceReset += 1;
      return output;
    },
    readState: () => runner.readState(),
    readTensor: (name) => runner.readTensor(name),
    dispose: () => runner.dispose(),
  };
}
