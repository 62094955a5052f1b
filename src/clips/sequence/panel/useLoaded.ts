import { type DependencyList, useEffect, useState } from 'react';
import { describeFault, type Fault } from '../../../opening/describeFault.ts';

/** Something that takes a while: the last value stays until the next is there or has failed. */
export interface Loaded<Value> {
  readonly value: Value | null;
  readonly fault: Fault | null;
  readonly isBusy: boolean;
}

/** Do asynchronous work whenever `dependencies` change; what was under way then is given up. `work` null = there is nothing to do. */
export function useLoaded<Value>(
  work: ((signal: AbortSignal) => Promise<Value>) | null,
  dependencies: DependencyList,
): Loaded<Value> {
  const [state, setState] = useState<Loaded<Value>>({ value: null, fault: null, isBusy: work !== null });
  const start = () => {
    if (!work) {
      setState({ value: null, fault: null, isBusy: false });
      return;
    }
    const abort = new AbortController();
    setState(({ value }) => ({ value, fault: null, isBusy: true }));
    work(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ value, fault: null, isBusy: false });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ value: null, fault: describeFault(error), isBusy: false });
      },
    );
    return () => abort.abort();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says what the work depends on.
  useEffect(start, dependencies);
  return state;
}
