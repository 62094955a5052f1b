import { usePage, usePageState } from '../stores/page.tsx';

/** The voxel under the pointer: class, place and motion, with units. */
export function HoverReadout({ paneIndex }: { readonly paneIndex: number }) {
  const { colourOf } = usePage();
  const voxel = usePageState('hover', (state) => (state.voxel?.paneIndex === paneIndex ? state.voxel : null));
  const classes = usePageState('clip', (state) => state.clip?.classes.classes);
  const palette = usePageState('view', (state) => state.palette);
  if (!voxel || !classes) return null;
  const { label, cell, centreMetres, flow } = voxel;
  const speed = flow ? Math.hypot(flow[0], flow[1]) : 0;
  return (
    <p className="readout readout--hover" data-testid="hover">
      <span className="legend__swatch" style={{ background: colourOf(palette, label) }} />
      <strong>{classes[label]?.name ?? `label ${label}`}</strong>
      <span className="mono">{centreMetres.map((metres) => metres.toFixed(1)).join(', ')} m</span>
      {flow && speed > 0.05 && (
        <span className="mono">
          {speed.toFixed(1)} m/s ({flow[0].toFixed(1)}, {flow[1].toFixed(1)})
        </span>
      )}
      <span className="muted mono">voxel {cell.join(', ')}</span>
    </p>
  );
}
