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

/** A press that wanders further than this, in CSS pixels, is a drag. */
const CLICK_REACH = 4;

/**
 * Report what lies under a resting pointer, at most once per frame of the display; null when it leaves or drags.
 * A click reports what it hit. Returns a function that stops it.
 */
export function watchPointer(
  element: HTMLElement,
  pick: (x: number, y: number) => VoxelHit | null,
  report: (hit: VoxelHit | null) => void,
  reportPick: (hit: VoxelHit | null) => void,
): () => void {
  let scheduled = 0;
  let pressedAt: readonly [number, number] | null = null;
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
  const locate = (event: PointerEvent) => {
    const box = element.getBoundingClientRect();
    x = ((event.clientX - box.left) / box.width) * 2 - 1;
    y = 1 - ((event.clientY - box.top) / box.height) * 2;
  };
  const press = (event: PointerEvent) => {
    pressedAt = event.button === 0 ? [event.clientX, event.clientY] : null;
  };
  const release = (event: PointerEvent) => {
    const way = pressedAt && Math.hypot(event.clientX - pressedAt[0], event.clientY - pressedAt[1]);
    pressedAt = null;
    if (way === null || way > CLICK_REACH) return;
    locate(event);
    reportPick(pick(x, y));
  };
  const move = (event: PointerEvent) => {
    if (event.buttons !== 0) return leave();
    locate(event);
    if (scheduled) return;
    scheduled = requestAnimationFrame(() => {
      scheduled = 0;
      report(pick(x, y));
    });
  };
  const listeners = { pointermove: move, pointerleave: leave, pointerdown: press, pointerup: release };
  for (const [type, listener] of Object.entries(listeners)) element.addEventListener(type, listener as EventListener);
  return () => {
    cancel();
    for (const [type, listener] of Object.entries(listeners)) {
      element.removeEventListener(type, listener as EventListener);
    }
  };
}
