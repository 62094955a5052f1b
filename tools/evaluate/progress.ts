/** Prints how far a run is, at most every few seconds. */
export interface Progress {
  step(scene: string): void;
}

const INTERVAL_MILLISECONDS = 5000;

export function createProgress(total: number, print: (line: string) => void = console.log): Progress {
  const begin = performance.now();
  let done = 0;
  let printed = 0;
  return {
    step(scene) {
      done++;
      const elapsed = performance.now() - begin;
      if (elapsed - printed < INTERVAL_MILLISECONDS && done < total) return;
      printed = elapsed;
      const rate = (done * 1000) / elapsed;
      print(`${done}/${total} samples, ${rate.toFixed(2)}/s, ${formatSeconds((total - done) / rate)} left, ${scene}`);
    },
  };
}

/** For example 45 s, 12 min, 3 h 20 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
