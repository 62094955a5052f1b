import { OCC3D_CLASSES } from '../domain/classes.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { GpuContext } from '../gpu/device.ts';
import { type CatalogueEntry, loadCatalogue } from '../models/catalogue.ts';
import { type DownloadProgress, fetchBytes } from '../models/download.ts';
import { loadOrt } from '../models/loadOrt.ts';
import { type ModelPackage, openModel } from '../models/openModel.ts';
import { type FileStore, openFileStore } from '../models/verifiedFiles.ts';
import { createCpuFrameRunner } from '../pipeline/cpuFrameRunner.ts';
import type { FrameRunner } from '../pipeline/frameRunner.ts';
import { createGpuFrameRunner } from '../pipeline/gpuFrameRunner.ts';
import type { LoadOptions, OpenedModel } from '../session/ports.ts';
import type { Backend, ModelCard, ModelChoice } from '../stores/modelStore.ts';
import type { LoadProgress } from '../stores/progress.ts';
import { isZipPath } from '../stores/urlState.ts';
import { formatBytes } from '../ui/format.ts';
import { listOwnModels, readOwnModel } from './ownModels.ts';

let catalogue: Promise<CatalogueEntry[]> | null = null;
let fileStore: Promise<FileStore | null> | null = null;

/** The models of this site, read once; a failure may be tried again. */
export function readCatalogue(base: string): Promise<CatalogueEntry[]> {
  catalogue ??= loadCatalogue(new URL('models/index.json', base).href);
  catalogue.catch(() => {
    catalogue = null;
  });
  return catalogue;
}

/** Every model that can be opened by name: those of the site, then the visitor's own. */
export async function listModels(base: string): Promise<ModelChoice[]> {
  const own = await listOwnModels(base);
  const site = (await readCatalogue(base)).map(({ id, title, hidden, light }) => ({
    id,
    title,
    isHidden: hidden,
    isLight: light,
  }));
  return [
    ...site,
    ...own.map(({ id, title, bytes }) => ({
      id,
      title: `${title} · ${formatBytes(bytes)}`,
      isHidden: false,
      isLight: false,
    })),
  ];
}

/** Open a model of this site by its id or by the path of a zip: every file checked, from the verified cache where it is kept. */
export async function openSiteModel(base: string, idOrZip: string, options: LoadOptions): Promise<OpenedModel> {
  const own = await readOwnModel(base, idOrZip);
  if (own) {
    const { cardText } = own;
    const card = { address: idOrZip, summary: '', readCard: cardText === null ? null : async () => cardText };
    return wrapModel(own, card, idOrZip);
  }
  return isZipPath(idOrZip) ? await openSiteZip(base, idOrZip, options) : await openListedModel(base, idOrZip, options);
}

async function openListedModel(base: string, id: string, { signal, onProgress }: LoadOptions): Promise<OpenedModel> {
  const entry = (await readCatalogue(base)).find((candidate) => candidate.id === id);
  if (!entry) throw new OccuscopeError('model-download-failed', { detail: `This site has no model “${id}”.` });
  fileStore ??= openFileStore(globalThis.caches, base);
  const opened = await openModel(entry.manifestUrl, {
    store: await fileStore,
    signal,
    onProgress: (progress) => onProgress(toLoadProgress(progress)),
  });
  const { card } = opened.manifest;
  return wrapModel(opened, {
    address: entry.id,
    summary: entry.summary,
    readCard: card
      ? async () => new TextDecoder().decode(await fetchBytes(new URL(card, entry.manifestUrl).href))
      : null,
  });
}

async function openSiteZip(base: string, path: string, { signal, onProgress }: LoadOptions): Promise<OpenedModel> {
  const { openZipModel } = await import('../models/zipPackage.ts');
  const opened = await openZipModel(new URL(path, base).href, {
    signal,
    onProgress: (progress) => onProgress(toLoadProgress(progress)),
  });
  const { cardText } = opened;
  return wrapModel(opened, { address: path, summary: '', readCard: cardText === null ? null : async () => cardText });
}

function wrapModel(
  model: ModelPackage,
  own: Pick<ModelCard, 'address' | 'summary' | 'readCard'>,
  id: string = model.manifest.id,
): OpenedModel {
  return {
    card: { ...describeModel(model), ...own, id },
    grid: model.manifest.grid,
    classes: OCC3D_CLASSES,
    createRunner: (backend, context, options) => createRunner(model, backend, context, options),
  };
}

/** Download ONNX Runtime for WebGPU; on the CPU the worker loads its own when the runner is made. */
export async function loadSiteRuntime(backend: Backend, { signal, onProgress }: LoadOptions): Promise<void> {
  if (backend === 'cpu') return;
  await loadOrt('webgpu', { signal, onProgress: (progress) => onProgress(toLoadProgress(progress)) });
}

async function createRunner(
  model: ModelPackage,
  backend: Backend,
  context: GpuContext | null,
  { signal, onProgress }: LoadOptions,
): Promise<FrameRunner> {
  if (backend === 'cpu') {
    const worker = new Worker(new URL('../workers/cpuFrame.worker.ts', import.meta.url), { type: 'module' });
    return await createCpuFrameRunner(worker, model, {
      signal,
      onProgress: (progress) => onProgress(toLoadProgress(progress)),
    });
  }
  if (!context) throw new OccuscopeError('gpu-missing');
  return await createGpuFrameRunner(context, model, await loadOrt('webgpu'));
}

function toLoadProgress({ loadedBytes, totalBytes }: DownloadProgress): LoadProgress {
  return { loaded: loadedBytes, total: totalBytes };
}

function describeModel({ manifest }: ModelPackage): Omit<ModelCard, 'address' | 'summary' | 'readCard'> {
  const decode = manifest.stages.find(({ kind }) => kind === 'decode');
  return {
    id: manifest.id,
    title: manifest.title,
    licence: manifest.licence,
    origin: manifest.origin,
    bytes: Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0),
    imageSize: manifest.images.size,
    cameras: manifest.cameras,
    hasMemory: Object.keys(manifest.state).length > 0,
    hasFlow: decode?.kind === 'decode' && decode.flow !== undefined,
  };
}
