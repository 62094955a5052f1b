import { useEffect, useMemo, useRef, useState } from 'react';
import type { FileTree } from '../../../domain/fileTree.ts';
import type { Matrix4 } from '../../../domain/geometry.ts';
import { ErrorBox } from '../../../ui/ErrorBox.tsx';
import { openLidarPoints } from '../lidarPoints.ts';
import type { SequenceCamera } from '../openSequence.ts';
import { projectLidar, projectScene } from '../projectScene.ts';
import { createViewReader } from '../viewImages.ts';
import { drawLines, drawPoints } from './drawScene.ts';
import { openStraightener } from './openStraightener.ts';
import { useLoaded } from './useLoaded.ts';

interface EditorPictureProps {
  readonly tree: FileTree;
  readonly current: SequenceCamera;
  readonly pictureIndex: number;
  readonly hasLines: boolean;
  /** Path of the lidar sweep to draw, or null. */
  readonly sweep: string | null;
  readonly egoFromLidar: Matrix4 | null;
}

const atOrigin: Matrix4 = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

/** One camera's whole straightened image with what the calibration says about it; the frame shows what the network gets. */
export function EditorPicture({ tree, current, pictureIndex, hasLines, sweep, egoFromLidar }: EditorPictureProps) {
  const { camera, media, size, window } = current;
  const whole = useMemo(() => ({ left: 0, top: 0, ...size }), [size]);
  const picture = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  // Only a lens makes the image depend on the focal length.
  const lensKey = camera.distortion ? camera.intrinsics.join() : '';
  const [straightener] = useState(openStraightener);
  useEffect(() => () => straightener.close(), [straightener]);
  // While a slider moves, only the last picture is wanted: the ones before are given up before their turn.
  const image = useLoaded(
    async (signal) => {
      const reader = createViewReader({ camera, size, window: whole }, straightener);
      const stored = await media.read(pictureIndex);
      return await reader.read(stored, media.describe(pictureIndex), signal);
    },
    [media, pictureIndex, whole, lensKey],
  );
  const points = useLoaded(sweep ? () => openLidarPoints(tree, sweep) : null, [tree, sweep]);
  useEffect(() => {
    const canvas = picture.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || !image.value) return;
    const { width, height, pixels } = image.value;
    canvas.width = width;
    canvas.height = height;
    if (ArrayBuffer.isView(pixels))
      context.putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
    else context.drawImage(pixels, 0, 0);
    canvas.dataset['picture'] = String(pictureIndex);
  }, [image.value, pictureIndex]);
  useEffect(() => {
    const canvas = overlay.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    canvas.width = size.width;
    canvas.height = size.height;
    const view = { ...size, intrinsics: camera.intrinsics, egoFromCamera: camera.egoFromCamera };
    const projected = sweep && points.value ? projectLidar(view, egoFromLidar ?? atOrigin, points.value) : null;
    if (projected) drawPoints(context, projected, size.width);
    if (hasLines) drawLines(context, projectScene(view), size.width);
    drawWindow(context, size, window);
    canvas.dataset['points'] = String((projected?.length ?? 0) / 3);
  }, [camera, size, window, hasLines, sweep, points.value, egoFromLidar]);
  return (
    <div className="calibration__picture">
      <canvas ref={picture} role="img" aria-label={`${camera.name}, picture ${pictureIndex + 1}`} />
      <canvas ref={overlay} aria-hidden data-testid="calibration-overlay" />
      {image.fault && <ErrorBox {...image.fault} />}
      {points.fault && <ErrorBox {...points.fault} />}
      {sweep && !egoFromLidar && (
        <p className="sequence__note">
          The calibration does not say where the lidar sits; its points are taken to be in the ego’s axes.
        </p>
      )}
    </div>
  );
}

/** Shade what the network does not get. */
function drawWindow(
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  window: SequenceCamera['window'],
): void {
  context.fillStyle = 'rgb(0 0 0 / 50%)';
  const right = window.left + window.width;
  const bottom = window.top + window.height;
  context.fillRect(0, 0, window.left, size.height);
  context.fillRect(right, 0, size.width - right, size.height);
  context.fillRect(window.left, 0, window.width, window.top);
  context.fillRect(window.left, bottom, window.width, size.height - bottom);
}
