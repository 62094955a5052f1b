import type { DrawnVolume } from '../domain/drawnVolume.ts';
import type { CastReply, CastRequest } from '../imagePanels/castProtocol.ts';
import { castVoxels } from '../imagePanels/castVoxels.ts';

// Entry of the worker that draws voxels over camera images; src/wiring/createVoxelCaster.ts is its other end.

let volume: DrawnVolume | null = null;

// A request that could not be read has no id to answer to: as an error of the worker it fails what waits.
self.onmessageerror = () => {
  throw new Error('a request could not be read');
};

self.onmessage = ({ data: request }: MessageEvent<CastRequest>) => {
  if (request.kind === 'volume') {
    volume = request.volume;
    return;
  }
  if (!volume) throw new Error('a view was sent before its volume');
  const { id, view, width, height, colours } = request;
  const reply: CastReply = { id, pixels: castVoxels(volume, view, width, height, colours) };
  self.postMessage(reply, { transfer: [reply.pixels.buffer] });
};
