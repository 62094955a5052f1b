import { type Distribution, describeSamples } from './report.ts';

/** A sample shorter than this says more about the queue than about the kernel. */
const MINIMUM_SAMPLE_MILLISECONDS = 30;

/**
 * Time several ways of doing the same GPU work by the wall clock: each sample runs one of them several times and waits until the
 * queue is empty. They take turns, so that whatever else the machine does strikes all of them alike.
 * Works for our kernels and for ORT, which gives no GPU timestamps. The first runs, which compile, are not counted.
 */
export async function measureInTurns(
  device: GPUDevice,
  submits: readonly (() => unknown)[],
  samples: number,
): Promise<Distribution[]> {
  const runBatch = async (submit: () => unknown, count: number): Promise<number> => {
    const start = performance.now();
    for (let run = 0; run < count; run++) await submit();
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / count;
  };
  const batches: number[] = [];
  for (const submit of submits) {
    await runBatch(submit, 2);
    const once = await runBatch(submit, 3);
    batches.push(Math.min(200, Math.max(1, Math.ceil(MINIMUM_SAMPLE_MILLISECONDS / once))));
  }
  const milliseconds = submits.map((): number[] => []);
  for (let sample = 0; sample < samples; sample++) {
    for (const [index, submit] of submits.entries()) {
      milliseconds[index]!.push(await runBatch(submit, batches[index]!));
    }
  }
  return milliseconds.map(describeSamples);
}
