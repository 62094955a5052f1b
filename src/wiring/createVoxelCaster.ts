import type { DrawnVolume } from '../domain/drawnVolume.ts';
import type { CastReply, CastRequest } from '../imagePanels/castProtocol.ts';
import type { VoxelCaster } from '../stores/page.tsx';
import { paletteColour, type VolumePaletteId } from '../viewport/palettes.ts';
import { createWorkerLine, type LineWorker } from './workerLine.ts';

/** Draws voxels over images in a worker of its own, which starts when it is first asked. Rejects with `worker-stopped` where that breaks. */
export function createVoxelCaster(openWorker: () => LineWorker = openCastWorker): VoxelCaster {
  let sent: DrawnVolume | null = null;
  const open = () => {
    // A fresh worker knows no volume.
    sent = null;
    return openWorker();
  };
  const line = createWorkerLine<CastRequest, CastReply>(open, 'Drawing voxels over images');
  return async (volume, palette, view, width, height) => {
    line.open();
    // The views of one frame share one volume: it is sent once.
    if (sent !== volume) line.post({ kind: 'volume', volume });
    sent = volume;
    const colours = listColours(palette);
    const { pixels } = await line.ask((id) => ({ kind: 'cast', id, view, width, height, colours }));
    return pixels;
  };
}

function openCastWorker(): LineWorker {
  return new Worker(new URL('../workers/castVoxels.worker.ts', import.meta.url), { type: 'module' });
}

/** Three bytes for each of the 32 labels that can be drawn. */
function listColours(palette: VolumePaletteId): Uint8Array {
  return Uint8Array.from(Array.from({ length: 32 }, (_, label) => paletteColour(palette, label)).flat());
}
