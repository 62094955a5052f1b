import { type Distribution, describeSamples } from './report.ts';

/** A sample shorter than this says more about the queue than about the kernel. */
const MINIMUM_SAMPLE_MILLISECONDS = 30;

/**
 * Time GPU work by the wall clock: each sample runs `submit` several times and waits until the queue is empty.
 * Works alike for our kernels and for ORT, which gives no GPU timestamps. The first runs, which compile, are not counted.
 */
export async function measureQueue(device: GPUDevice, submit: () => unknown, samples: number): Promise<Distribution> {
  const runBatch = async (count: number): Promise<number> => {
    const start = performance.now();
    for (let run = 0; run < count; run++) await submit();
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / count;
  };
  await runBatch(2);
  const once = await runBatch(3);
  const batch = Math.min(200, Math.max(1, Math.ceil(MINIMUM_SAMPLE_MILLISECONDS / once)));
  const milliseconds: number[] = [];
  for (let sample = 0; sample < samples; sample++) milliseconds.push(await runBatch(batch));
  return describeSamples(milliseconds);
}
