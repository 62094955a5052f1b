import { useEffect, useRef } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { notify } from '../stores/statusStore.ts';
import { useImageVolume } from './useImageVolume.ts';

/** Widest picture that is cast, pixels: the enlarged camera is twice as wide as a tile. */
const widths = { tile: 264, focus: 528 } as const;

interface VoxelOverlayProps {
  readonly cameraIndex: number;
  readonly size: keyof typeof widths;
}

/** Predicted or true voxels over a camera's image, as that camera would see them. */
export function VoxelOverlay({ cameraIndex, size }: VoxelOverlayProps) {
  const { castVoxels, stores } = usePage();
  const opacity = usePageState('view', (state) => state.imageOpacity);
  const palette = usePageState('view', (state) => state.palette);
  const clip = usePageState('clip', (state) => state.clip);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const volume = useImageVolume(frameIndex);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = clip?.frames[frameIndex]?.cameras[cameraIndex];
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    if (!volume || !view) {
      context.clearRect(0, 0, canvas.current.width, canvas.current.height);
      return;
    }
    let isCurrent = true;
    const width = Math.min(view.width, widths[size]);
    const height = Math.round((width * view.height) / view.width);
    castVoxels(volume, palette, view, width, height).then(
      (pixels) => {
        if (!isCurrent || !canvas.current) return;
        canvas.current.width = width;
        canvas.current.height = height;
        context.putImageData(new ImageData(pixels, width, height), 0, 0);
        canvas.current.dataset['voxelsOf'] = String(frameIndex);
      },
      (error: unknown) => {
        if (!isCurrent || !canvas.current) return;
        // Voxels of another frame must not stay over this one's image.
        context.clearRect(0, 0, canvas.current.width, canvas.current.height);
        delete canvas.current.dataset['voxelsOf'];
        notify(stores.status, 'error', `Voxels over images could not be drawn. ${String(error)}`);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [castVoxels, stores, volume, view, palette, size, frameIndex]);
  return (
    <canvas ref={canvas} className="camera__voxels" style={{ opacity }} role="img" aria-label="Voxels over the image" />
  );
}
