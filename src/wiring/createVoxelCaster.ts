import type { DrawnVolume } from '../domain/drawnVolume.ts';
import type { CastReply, CastRequest } from '../imagePanels/castProtocol.ts';
import type { VoxelCaster } from '../stores/page.tsx';
import { paletteColour, type VolumePaletteId } from '../viewport/palettes.ts';

/** Draws voxels over images in a worker of its own, which starts when it is first asked. */
export function createVoxelCaster(): VoxelCaster {
  let worker: Worker | null = null;
  let sent: DrawnVolume | null = null;
  let lastId = 0;
  const waiting = new Map<number, (pixels: CastReply['pixels']) => void>();
  const open = () => {
    const opened = new Worker(new URL('../workers/castVoxels.worker.ts', import.meta.url), { type: 'module' });
    opened.onmessage = ({ data }: MessageEvent<CastReply>) => {
      waiting.get(data.id)?.(data.pixels);
      waiting.delete(data.id);
    };
    return opened;
  };
  return (volume, palette, view, width, height) =>
    new Promise((resolve) => {
      worker ??= open();
      const send = (request: CastRequest) => worker!.postMessage(request);
      // The views of one frame share one volume: it is sent once.
      if (sent !== volume) send({ kind: 'volume', volume });
      sent = volume;
      lastId += 1;
      waiting.set(lastId, resolve);
      send({ kind: 'cast', id: lastId, view, width, height, colours: listColours(palette) });
    });
}

/** Three bytes for each of the 32 labels that can be drawn. */
function listColours(palette: VolumePaletteId): Uint8Array {
  return Uint8Array.from(Array.from({ length: 32 }, (_, label) => paletteColour(palette, label)).flat());
}
