import { describeCamera } from '../imagePanels/cameraNames.ts';
import { type CameraSight, findNamedVoxel, type VoxelWord } from '../stores/hoverStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';

/** The voxel under the pointer: place, and what prediction and truth say of it, with units. */
export function HoverReadout({ paneKey }: { readonly paneKey: number }) {
  const voxel = usePageState('hover', (state) => {
    const found = findNamedVoxel(state);
    return found?.paneKey === paneKey ? found : null;
  });
  if (!voxel) return null;
  const { prediction, truth, cell, centreMetres } = voxel;
  return (
    <div className="readout readout--hover" data-testid="hover">
      {prediction && <Word said={truth ? 'predicted' : null} word={prediction} />}
      {truth && <Word said={prediction ? 'truth' : null} word={truth} />}
      <p className="readout__place">
        <span className="mono">{centreMetres.map((metres) => metres.toFixed(1)).join(', ')} m</span>
        <span className="muted mono">voxel {cell.join(', ')}</span>
      </p>
      {voxel.sights && <Sights sights={voxel.sights} />}
    </div>
  );
}

function Word({ said, word }: { readonly said: string | null; readonly word: VoxelWord }) {
  const { colourOf } = usePage();
  const palette = usePageState('view', (state) => state.palette);
  const { label, name, isFree, flow } = word;
  const speed = flow ? Math.hypot(flow[0], flow[1]) : 0;
  return (
    <p className="readout__word">
      {said && <span className="muted">{said}</span>}
      <span className="legend__swatch" style={{ background: isFree ? 'transparent' : colourOf(palette, label) }} />
      <strong>{name}</strong>
      {flow && speed > 0.05 && (
        <span className="mono">
          {speed.toFixed(1)} m/s ({flow[0].toFixed(1)}, {flow[1].toFixed(1)})
        </span>
      )}
    </p>
  );
}

/** Which cameras see the voxel that was clicked. */
function Sights({ sights }: { readonly sights: readonly CameraSight[] }) {
  const names = usePageState('clip', (state) => state.clip?.cameraNames);
  const list = (isHidden: boolean) =>
    sights
      .filter((sight) => sight.isHidden === isHidden)
      .map(({ cameraIndex }) => describeCamera(names?.[cameraIndex] ?? ''))
      .join(', ');
  const [seen, hidden] = [list(false), list(true)];
  return (
    <p className="readout__place" data-testid="sights">
      {seen ? `Seen by ${seen}.` : 'Seen by no camera.'}{' '}
      {hidden && <span className="muted">Hidden from {hidden}.</span>}
    </p>
  );
}
