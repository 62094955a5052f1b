import { computeCameraMask } from '../reference/cameraMask.ts';
import type { MaskReply, MaskRequest } from '../session/maskProtocol.ts';

// Entry of the worker that makes camera masks by rays; src/wiring/createMaskCaster.ts is its other end.

self.onmessage = ({ data: { id, labels, cameras, grid, free } }: MessageEvent<MaskRequest>) => {
  const mask = computeCameraMask(labels, cameras, grid, free);
  const reply: MaskReply = { id, mask };
  self.postMessage(reply, { transfer: [mask.buffer] });
};
