import { useEffect, useRef } from 'react';
import { OCC3D_CLASSES } from '../../domain/classes.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import type { StoredVolume } from '../applyLayout.ts';
import { drawFromAbove } from './drawFromAbove.ts';

/** The example from above, as the chosen layout makes it. */
export function FromAbove({ volume }: { readonly volume: StoredVolume }) {
  const { colourOf } = usePage();
  const palette = usePageState('view', (state) => state.palette);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const colours = OCC3D_CLASSES.classes.map((_, label) => parseColour(colourOf(palette, label)));
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.putImageData(drawFromAbove(volume, colours), 0, 0);
  }, [volume, palette, colourOf]);
  const occupied = volume.labels.reduce((count, label) => count + Number(label !== OCC3D_CLASSES.free), 0);
  return (
    <figure className="stored__above">
      <canvas
        ref={canvas}
        width={volume.grid.size[1]}
        height={volume.grid.size[0]}
        role="img"
        aria-label="The prediction from above, ahead is up"
      />
      <figcaption className="muted">
        From above, ahead is up. {occupied.toLocaleString('en')} voxels of {volume.grid.size.join(' x ')} are occupied.
      </figcaption>
    </figure>
  );
}

function parseColour(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
