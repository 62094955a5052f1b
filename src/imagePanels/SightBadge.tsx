import { useEffect } from 'react';
import type { CameraImage } from '../domain/clip.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { noteSight } from '../stores/sightStore.ts';

/** Keep the store told what the image of a camera at the playback frame is worth; images are measured off the way to the first screen. */
export function useNoteSight(cameraIndex: number): void {
  const { session, stores } = usePage();
  const clip = usePageState('clip', (state) => state.clip);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const imageSize = usePageState('model', ({ card }) => card?.imageSize ?? null);
  useEffect(() => {
    if (!clip?.frames[frameIndex]) return;
    let isCurrent = true;
    const note = async (image: CameraImage | null) => {
      const { judgeSight } = await import('./judgeSight.ts');
      if (!isCurrent) return;
      noteSight(stores.sight, cameraIndex, { clipId: clip.id, frameIndex, ...judgeSight(image, imageSize) });
    };
    const noted = session.openImage(frameIndex, cameraIndex).then(note, () => note(null));
    // What cannot be measured is not judged: the report then says null.
    noted.catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [session, stores, clip, frameIndex, cameraIndex, imageSize]);
}

/** Why a network should not be trusted with what this camera sees; null for a clear image. */
export function useSightBadge(cameraIndex: number) {
  const clipId = usePageState('clip', ({ clip }) => clip?.id);
  const sight = usePageState('sight', ({ cameras }) => cameras[cameraIndex]);
  return sight?.clipId === clipId ? (sight?.badge ?? null) : null;
}

/** The same over the image. */
export function SightBadge({ cameraIndex }: { readonly cameraIndex: number }) {
  const badge = useSightBadge(cameraIndex);
  if (!badge) return null;
  return (
    <span className="camera__badge" title={badge.explanation}>
      {badge.text}
    </span>
  );
}
