import { dependencies, version } from '../../package.json';
import { createGpuContext } from '../gpu/device.ts';
import type { SessionPorts } from '../session/ports.ts';
import { createClipPort } from './clipPort.ts';
import { createMaskCaster } from './createMaskCaster.ts';
import type { LocalClips } from './localClips.ts';
import { createPredictionSource } from './predictionSource.ts';

// Images come first: everything about models is a chunk of its own.
const loadModelPort = () => import('./modelPort.ts');

/** Join the rooms to what the session asks for. `base` is the address of the page's own folder. */
export function createPorts(base: string, localClips: LocalClips): SessionPorts {
  return {
    ...createClipPort(base, localClips),
    async listModels() {
      const { listModels } = await loadModelPort();
      return await listModels(base);
    },
    openModel: async (id, options) => (await loadModelPort()).openSiteModel(base, id, options),
    loadRuntime: async (backend, options) => (await loadModelPort()).loadSiteRuntime(backend, options),
    createContext: () => createGpuContext(navigator.gpu),
    castMask: createMaskCaster(),
    createPredictions: createPredictionSource,
    versions: { occuscope: version, onnxruntime: dependencies['onnxruntime-web'], three: dependencies.three },
    describeBrowser: () => navigator.userAgent,
  };
}
