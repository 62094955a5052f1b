import { type PerspectiveCamera, Vector3 } from 'three/webgpu';
import { pickVoxel, type VoxelHit } from './pickVoxel.ts';
import type { ViewData, ViewSettings } from './types.ts';

/** Labels to pick from, wherever the drawn ones live; null when there are none on the CPU. */
function findPickLabels({ labels, pickLabels }: ViewData): Uint8Array | null {
  return pickLabels ?? ('cpu' in labels ? labels.cpu : null);
}

/** The drawn voxel under a point of the view, given in normalised device coordinates (x right, y up, -1..1), or null. */
export function pickAt(
  camera: PerspectiveCamera,
  x: number,
  y: number,
  data: ViewData,
  settings: Pick<ViewSettings, 'visibleClasses' | 'heightRange'>,
): VoxelHit | null {
  const labels = findPickLabels(data);
  if (!labels) return null;
  camera.updateMatrixWorld();
  const direction = new Vector3(x, y, 0.5).unproject(camera).sub(camera.position).normalize();
  const [firstSlice, lastSlice] = settings.heightRange;
  const filter = { visibleClasses: settings.visibleClasses, firstSlice, lastSlice };
  return pickVoxel(labels, data.grid, data.classes.free, filter, camera.position.toArray(), direction.toArray());
}

/**
 * Report what lies under a resting pointer, at most once per frame of the display; null when it leaves or drags.
 * Returns a function that stops it.
 */
export function watchPointer(
  element: HTMLElement,
  pick: (x: number, y: number) => VoxelHit | null,
  report: (hit: VoxelHit | null) => void,
): () => void {
  let scheduled = 0;
  let x = 0;
  let y = 0;
  const cancel = () => {
    cancelAnimationFrame(scheduled);
    scheduled = 0;
  };
  const leave = () => {
    cancel();
    report(null);
  };
  const move = (event: PointerEvent) => {
    if (event.buttons !== 0) return leave();
    const box = element.getBoundingClientRect();
    x = ((event.clientX - box.left) / box.width) * 2 - 1;
    y = 1 - ((event.clientY - box.top) / box.height) * 2;
    if (scheduled) return;
    scheduled = requestAnimationFrame(() => {
      scheduled = 0;
      report(pick(x, y));
    });
  };
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerleave', leave);
  return () => {
    cancel();
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerleave', leave);
  };
}
