import { useEffect, useState } from 'react';
import { countLabels } from '../stores/countLabels.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { readContent } from '../stores/paneContent.ts';

/** Voxels of each label in what the first pane shows: the prediction, or the truth of the frame. */
export function useVoxelCounts(): Uint32Array | null {
  const { session } = usePage();
  const content = usePageState('view', (state) => state.panes[0]?.content);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const clip = usePageState('clip', (state) => state.clip);
  usePageState('playback', (state) => state.version);
  const [truthCounts, setTruthCounts] = useState<Uint32Array | null>(null);
  useEffect(() => {
    if (content !== 'truth' || !clip) return;
    let isCurrent = true;
    const apply = (counts: Uint32Array | null) => isCurrent && setTruthCounts(counts);
    session.openTruth(frameIndex).then(
      (truth) => apply(truth ? countLabels(truth.labels, clip.classes.classes.length) : null),
      () => apply(null),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, content, frameIndex, clip]);
  const { subject } = readContent(content ?? 'prediction');
  usePageState('sources', (state) => state.used.get(subject)?.version);
  return content === 'truth' ? truthCounts : (session.predictionOf(subject)?.counts ?? null);
}
