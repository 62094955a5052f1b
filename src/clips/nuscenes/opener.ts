import type { Opener } from '../../opening/opener.ts';
import { findDataRoot } from './rootFiles.ts';

/** A nuScenes data root, whole or in parts. */
export const nuscenesOpener: Opener = {
  kind: 'nuscenes',
  title: 'nuScenes data root',
  recognise: async (tree) => ((await findDataRoot(tree)) ? 1 : 0),
  loadPanel: async () => (await import('./panel/NuscenesPanel.tsx')).NuscenesPanel,
};
