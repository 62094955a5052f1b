import type { Opener } from '../../opening/opener.ts';

/** A person's own cameras: images or one video for each, with a calibration. */
export const sequenceOpener: Opener = {
  kind: 'sequence',
  title: 'Own cameras: images or videos with a calibration',
  recognise: async (tree) => (await import('./scanFiles.ts')).recogniseSequence(tree),
  loadPanel: async () => (await import('./panel/SequencePanel.tsx')).SequencePanel,
};
