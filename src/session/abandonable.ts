/**
 * The outcome of `work`, or an `AbortError` as soon as `signal` says so: for work that cannot be interrupted.
 * What comes too late is handed to `discard`; what fails too late is nobody's concern.
 */
export async function abandonable<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  discard: (late: Result) => void = () => undefined,
): Promise<Result> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([aborted, work]);
  } catch (cause) {
    if (signal.aborted) work.then(discard, () => undefined);
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
