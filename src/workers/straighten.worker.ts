import { createPlannedStraightener } from '../clips/sequence/straighten.ts';
import type { StraightenReply, StraightenRequest } from '../clips/sequence/straightenProtocol.ts';

// Straightens the pictures of lenses off the page's thread; src/clips/sequence/straightenProtocol.ts is its other end.

const scope = self as unknown as {
  onmessage: (event: MessageEvent<StraightenRequest>) => void;
  postMessage(message: StraightenReply, transfer?: Transferable[]): void;
};

const straighten = createPlannedStraightener();

scope.onmessage = ({ data: { lens, picture } }) => {
  try {
    const pixels = straighten(lens, picture);
    scope.postMessage({ kind: 'straight', pixels }, [pixels.buffer]);
  } catch (error) {
    scope.postMessage({ kind: 'failed', detail: error instanceof Error ? error.message : String(error) });
  }
};
