import { useEffect, useRef, useState } from 'react';
import type { MemorySnapshot } from '../../domain/memory.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import type { PredictionId } from '../../stores/paneContent.ts';
import { notify } from '../../stores/statusStore.ts';

/** Bytes of snapshots that are kept, so that frames which are on the timeline again show their memory without being run. */
const KEPT_BYTES = 64e6;

/** What the network remembered after the frame on screen where that is known, else after the last frame that was run. */
export function useMemorySnapshot(subject: PredictionId): MemorySnapshot | null {
  const { stores, session } = usePage();
  const kept = useRef<MemorySnapshot[]>([]);
  const [newest, setNewest] = useState<MemorySnapshot | null>(null);
  const version = usePageState('playback', (state) => state.version);
  const sideFrame = usePageState('sources', (state) => state.used.get(subject)?.shownFrame);
  const shownFrame = session.predictionOf(subject)?.frameIndex ?? null;
  const isEmpty = usePageState('playback', (state) => state.predictedFrames.size === 0);
  useEffect(() => {
    // Another clip or model, or a reset: what was remembered is another network's or another drive's.
    if (!isEmpty) return;
    kept.current = [];
    setNewest(null);
  }, [isEmpty]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and frame say that something new has been run.
  useEffect(() => {
    let isCurrent = true;
    session.readMemory(subject).then(
      (snapshot) => {
        if (!isCurrent) return;
        if (snapshot) kept.current = keep(kept.current, snapshot);
        setNewest(snapshot);
      },
      (error: unknown) => {
        const isAbort = error instanceof DOMException && error.name === 'AbortError';
        if (isCurrent && !isAbort) notify(stores.status, 'error', `The memory could not be read. ${String(error)}`);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [session, stores, subject, version, sideFrame]);
  return kept.current.find(({ frameIndex }) => frameIndex === shownFrame) ?? newest;
}

function keep(snapshots: readonly MemorySnapshot[], added: MemorySnapshot): MemorySnapshot[] {
  const sizeOf = ({ tensors }: MemorySnapshot) => tensors.reduce((sum, { values }) => sum + values.byteLength, 0);
  const next = [added, ...snapshots.filter(({ frameIndex }) => frameIndex !== added.frameIndex)];
  let bytes = 0;
  return next.filter((snapshot) => {
    bytes += sizeOf(snapshot);
    return snapshot === added || bytes <= KEPT_BYTES;
  });
}
