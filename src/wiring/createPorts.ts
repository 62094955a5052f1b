import { dependencies, version } from '../../package.json';
import { createGpuContext } from '../gpu/device.ts';
import type { SessionPorts } from '../session/ports.ts';
import { createClipPort } from './clipPort.ts';
import { createPredictionSource } from './predictionSource.ts';

// Images come first: everything about models is a chunk of its own.
const loadModelPort = () => import('./modelPort.ts');

/** Join the rooms to what the session asks for. `base` is the address of the page's own folder. */
export function createPorts(base: string): SessionPorts {
  return {
    ...createClipPort(base),
    async listModels() {
      const { readCatalogue } = await loadModelPort();
      return (await readCatalogue(base)).map(({ id, title, hidden }) => ({ id, title, isHidden: hidden }));
    },
    openModel: async (id, options) => (await loadModelPort()).openSiteModel(base, id, options),
    loadRuntime: async (backend, options) => (await loadModelPort()).loadSiteRuntime(backend, options),
    createContext: () => createGpuContext(navigator.gpu),
    createPredictions: createPredictionSource,
    versions: { occuscope: version, onnxruntime: dependencies['onnxruntime-web'], three: dependencies.three },
    describeBrowser: () => navigator.userAgent,
  };
}
