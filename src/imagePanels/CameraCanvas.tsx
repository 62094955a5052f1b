import { useEffect, useRef, useState } from 'react';
import type { CameraImage } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { countDrawnImage } from '../stores/clipStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { SightBadge } from './SightBadge.tsx';
import { VoxelMark } from './VoxelMark.tsx';
import { VoxelOverlay } from './VoxelOverlay.tsx';

/** Draw the image at its own size; the page scales the canvas. */
function drawImage(canvas: HTMLCanvasElement, { width, height, pixels }: CameraImage): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  if (pixels instanceof Uint8ClampedArray) {
    context.putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
  } else context.drawImage(pixels, 0, 0);
}

/** The image of one camera at the playback frame. Keeps the last image until the next one is decoded. */
export function CameraCanvas({
  cameraIndex,
  description,
  size,
}: {
  readonly cameraIndex: number;
  readonly size: 'tile' | 'focus';
  readonly description: string;
}) {
  const { session, stores } = usePage();
  const clip = usePageState('clip', (state) => state.clip);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const hasVoxels = usePageState('view', (state) => state.imageVoxels !== 'off');
  const canvas = useRef<HTMLCanvasElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    if (!clip?.frames[frameIndex]) return;
    let isCurrent = true;
    session.openImage(frameIndex, cameraIndex).then(
      (image) => {
        if (!isCurrent || !canvas.current) return;
        drawImage(canvas.current, image);
        countDrawnImage(stores.clip);
        canvas.current.dataset['frame'] = String(frameIndex);
        setFault(null);
      },
      (error: unknown) => {
        if (!isCurrent) return;
        setFault(error instanceof OccuscopeError ? error.sentence : 'This image could not be opened.');
        countDrawnImage(stores.clip);
        // The image of another frame would be a lie.
        canvas.current?.getContext('2d')?.clearRect(0, 0, canvas.current.width, canvas.current.height);
        if (canvas.current) delete canvas.current.dataset['frame'];
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [session, stores, clip, frameIndex, cameraIndex]);
  return (
    <>
      <canvas ref={canvas} className="camera__image" role="img" aria-label={description} />
      {hasVoxels && <VoxelOverlay cameraIndex={cameraIndex} size={size} />}
      <VoxelMark cameraIndex={cameraIndex} />
      <SightBadge cameraIndex={cameraIndex} />
      {fault && <span className="camera__fault">{fault}</span>}
    </>
  );
}
