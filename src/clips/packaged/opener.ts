import type { Opener } from '../../opening/opener.ts';
import { startsWithText } from '../../opening/startsWithText.ts';

/** A packaged clip: `clip.json` with images and truth beside it. */
export const packagedOpener: Opener = {
  kind: 'packaged',
  title: 'Packaged clip',
  async recognise(tree) {
    const isSure = await startsWithText(tree, 'clip.json', 'occuscope-clip/');
    if (isSure === null) return 0;
    return isSure ? 1 : 0.2;
  },
  loadPanel: async () => (await import('./panel/PackagedPanel.tsx')).PackagedPanel,
};
