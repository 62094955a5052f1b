import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { type SceneJob, writeScene } from './scene.ts';

// One thread writes scenes one after another; the parent hands out the next when one is done.
sharp.concurrency(1);
parentPort!.on('message', async (job: SceneJob) => {
  try {
    const times = await writeScene(job, () => parentPort!.postMessage({ kind: 'frame' }));
    parentPort!.postMessage({ kind: 'done', times });
  } catch (error) {
    parentPort!.postMessage({
      kind: 'failed',
      seed: job.seed,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
