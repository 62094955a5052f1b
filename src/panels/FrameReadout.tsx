import { useEffect, useState } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { type PaneContent, readContent } from '../stores/paneContent.ts';
import { formatCount } from '../ui/format.ts';

/** Which frame the pane shows, and how much of it is occupied. */
export function FrameReadout({ content }: { readonly content: PaneContent }) {
  const { session } = usePage();
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const free = usePageState('clip', (state) => state.clip?.classes.free ?? 0);
  usePageState('playback', (state) => state.version);
  const { kind, subject } = readContent(content);
  usePageState('sources', (state) => state.used.get(subject)?.version);
  if (kind === 'truth') return <TruthReadout />;
  const current = session.predictionOf(subject);
  const shownFrame = current?.frameIndex ?? null;
  if (shownFrame === null || !current) return null;
  if (kind !== 'prediction') return <p className="readout">Frame {shownFrame + 1}</p>;
  const occupied = current.labels.length - (current.counts[free] ?? 0);
  return (
    <p className="readout" data-testid="readout" data-frame={shownFrame}>
      Frame {shownFrame + 1}
      {shownFrame !== frameIndex && <span className="readout__stale"> while frame {frameIndex + 1} is predicted</span>}
      <span className="muted"> {formatCount(occupied)} occupied voxels</span>
    </p>
  );
}

/** Truth may be there for some frames only; an empty pane says that it is empty. */
function TruthReadout() {
  const { session } = usePage();
  const clip = usePageState('clip', (state) => state.clip);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const [lack, setLack] = useState<{ readonly frameIndex: number; readonly words: string } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another truth makes another clip.
  useEffect(() => {
    let isCurrent = true;
    setLack(null);
    const tell = (words: string) => isCurrent && setLack({ frameIndex, words });
    session.openTruth(frameIndex).then(
      (truth) => !truth && tell('has no ground truth'),
      // Why is told where it is drawn.
      () => tell('has ground truth that cannot be read'),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, clip, frameIndex]);
  if (lack?.frameIndex === frameIndex)
    return (
      <p className="readout">
        Frame {frameIndex + 1} {lack.words}
      </p>
    );
  return <p className="readout">Frame {frameIndex + 1}, ground truth</p>;
}
