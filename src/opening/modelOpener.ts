import type { Opener } from './opener.ts';
import { startsWithText } from './startsWithText.ts';

/** A model package: `manifest.json` and the parts that it lists. */
export const modelOpener: Opener = {
  kind: 'model',
  title: 'Model package',
  async recognise(tree) {
    const isSure = await startsWithText(tree, 'manifest.json', 'occuscope-model/');
    if (isSure !== null) return isSure ? 1 : 0.4;
    for await (const { name } of tree.list('')) if (/\.onnx$/i.test(name)) return 0.2;
    return 0;
  },
  loadPanel: async () => (await import('./ModelPanel.tsx')).ModelPanel,
};
