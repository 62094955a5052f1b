import { useEffect, useRef } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { projectVoxel } from './projectVoxel.ts';

/** The outline of the voxel under the pointer, as this camera would see it. Follows the pointer without React. */
export function VoxelMark({ cameraIndex }: { readonly cameraIndex: number }) {
  const { stores } = usePage();
  const clip = usePageState('clip', (state) => state.clip);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const group = useRef<SVGGElement>(null);
  const view = clip?.frames[frameIndex]?.cameras[cameraIndex];
  const grid = clip?.grid;
  useEffect(() => {
    if (!view || !grid) return;
    const draw = () => {
      const { voxel, pinned } = stores.hover.getState();
      const cell = (voxel ?? pinned)?.cell;
      const path = cell ? projectVoxel(view, grid, cell) : '';
      for (const line of group.current?.children ?? []) line.setAttribute('d', path);
    };
    draw();
    return stores.hover.subscribe(draw);
  }, [stores, view, grid]);
  if (!view) return null;
  // The same cut as the image's `object-fit: cover`; pixel centres are whole numbers.
  return (
    <svg
      className="camera__mark"
      viewBox={`-0.5 -0.5 ${view.width} ${view.height}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <g ref={group}>
        <path className="camera__mark-halo" />
        <path className="camera__mark-line" />
      </g>
    </svg>
  );
}
