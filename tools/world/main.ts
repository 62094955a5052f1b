import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { writeClip } from './clip.ts';
import { type DataSetOptions, parseOptions } from './options.ts';
import { sceneName } from './record.ts';
import type { PartTimes, SceneJob } from './scene.ts';
import { printStatistics } from './statistics.ts';
import { assembleTables } from './tables.ts';

type Message =
  | { kind: 'frame' }
  | { kind: 'done'; times: PartTimes }
  | { kind: 'failed'; seed: number; message: string };

/** Writes scenes with several threads, skipping those already done, then the nuScenes tables over all of them. */
async function writeDataSet(options: DataSetOptions): Promise<void> {
  const out = resolve(options.out);
  mkdirSync(join(out, '.scenes'), { recursive: true });
  const jobs: SceneJob[] = Array.from({ length: options.scenes }, (_, index) => ({
    seed: options.seed + index,
    out,
    keyFrames: options.keyframes,
    width: options.size[0],
    height: options.size[1],
    jitter: options.jitter,
  })).filter((job) => !existsSync(join(out, '.scenes', `${sceneName(job.seed)}.json`)));
  console.log(`${options.scenes - jobs.length} scenes are already there, ${jobs.length} to write`);
  if (jobs.length > 0) await runJobs(jobs, Math.min(options.workers, jobs.length));
  const counts = await assembleTables(out, options.version);
  console.log(`tables: ${counts.scenes} scenes, ${counts.samples} samples, ${counts.annotations} annotations`);
}

function runJobs(jobs: SceneJob[], workerCount: number): Promise<void> {
  const total = jobs.length * jobs[0]!.keyFrames;
  const begin = performance.now();
  const times: PartTimes = { create: 0, truth: 0, render: 0, write: 0 };
  let frames = 0;
  let next = 0;
  return new Promise((resolveAll, reject) => {
    let active = workerCount;
    for (let i = 0; i < workerCount; i++) {
      const worker = new Worker(new URL('./workerEntry.mjs', import.meta.url));
      const handOut = () => {
        const job = jobs[next++];
        if (job) worker.postMessage(job);
        else {
          void worker.terminate();
          if (--active === 0) resolveAll();
        }
      };
      worker.on('error', reject);
      worker.on('message', (message: Message) => {
        if (message.kind === 'failed') reject(new Error(`Scene of seed ${message.seed}: ${message.message}`));
        else if (message.kind === 'frame') reportProgress(++frames, total, begin);
        else {
          for (const part of Object.keys(times) as (keyof PartTimes)[]) times[part] += message.times[part];
          const shares = Object.entries(times).map(([part, spent]) => `${part} ${(spent / frames).toFixed(0)} ms`);
          console.log(`  per key frame: ${shares.join(', ')}`);
          handOut();
        }
      });
      handOut();
    }
  });
}

function reportProgress(frames: number, total: number, begin: number): void {
  if (frames % 10 !== 0 && frames !== total) return;
  const rate = (frames * 1000) / (performance.now() - begin);
  console.log(`${frames}/${total} key frames, ${rate.toFixed(2)}/s, ${Math.ceil((total - frames) / rate)} s left`);
}

try {
  const parsed = parseOptions(process.argv.slice(2));
  if (parsed.command === 'clip') await writeClip(parsed.options);
  else if (parsed.command === 'statistics') printStatistics(parsed.options);
  else await writeDataSet(parsed.options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
