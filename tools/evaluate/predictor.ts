import { chromium, type Page } from 'playwright';
import type { TensorCopy } from '../../src/domain/memory.ts';
import { findBrowser, listBrowserFlags } from '../setup/browser.mjs';
import type { Delivery } from './serveScenes.ts';

/** A prediction as the page shows it: labels in grid order; flow (vx, vy) per voxel in m/s, or null. */
export interface Prediction {
  readonly labels: Uint8Array;
  readonly flow: Float32Array | null;
}

/** The site in a headless browser. Frames of a scene must be asked for in order. */
export interface Predictor {
  /** Adapter or CPU, as the page reports it. */
  readonly device: string;
  openScene(name: string): Promise<void>;
  predict(frame: number): Promise<Prediction>;
  close(): Promise<void>;
}

/** The page's 3D views that are worth a picture. */
export type PictureView = 'birds-eye' | 'chase';

/** What else the page tells of the frame that was predicted last. */
export interface SitePredictor extends Predictor {
  /** A tensor of the recipe as that frame wrote it. */
  readTensor(name: string): Promise<TensorCopy>;
  /** The 3D view as PNG; small where the page was not opened to draw. */
  takePicture(view: PictureView): Promise<Uint8Array>;
}

interface PredictorOptions {
  readonly address: string;
  readonly model: string;
  readonly firstScene: string;
  readonly backend: 'webgpu' | 'cpu';
  readonly gpu: 'native' | 'software';
  readonly draws: boolean;
  /** Results that the page has posted, by name; taken out here. */
  readonly deliveries: Map<string, Delivery>;
}

/** Time for another view to be drawn, with room for software drawing. */
const SETTLE_MILLISECONDS = 4000;

/** Where drawing is not what is asked for, a small window keeps it cheap. */
const smallWindow = { width: 480, height: 360 };
const drawingWindow = { width: 1280, height: 1000 };

/** Open the site with its first scene and wait until the model is ready. Throws with the page's own reason where it fails. */
export async function openPredictor(options: PredictorOptions): Promise<SitePredictor> {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Error('No Chrome or Chromium was found; set CHROME_PATH.');
  const browser = await chromium.launch({ executablePath, args: listFlags(options.gpu) });
  try {
    const page = await browser.newPage({
      viewport: options.draws ? drawingWindow : smallWindow,
      reducedMotion: 'reduce',
    });
    page.setDefaultTimeout(0);
    const { model, backend, firstScene } = options;
    const query = new URLSearchParams({ clip: firstScene, model, backend, show: 'prediction' });
    await page.goto(`${options.address}?${query}`);
    const found = await page.evaluate(async () => {
      await window.occuscope.ready;
      const { backend, adapter, problems } = window.occuscope.report();
      return { backend, adapter, problems };
    });
    if (found.backend !== backend) {
      throw new Error(`The page runs on ${found.backend}, not on ${backend}: ${found.problems.join('; ')}`);
    }
    return {
      device: backend === 'webgpu' ? (found.adapter ?? 'unnamed adapter') : 'CPU',
      openScene: (name) => page.evaluate((clip) => window.occuscope.open({ clip }), name),
      predict: (frame) => predictFrame(page, frame, options.deliveries),
      readTensor: (name) => readTensor(page, name, options.deliveries),
      takePicture: (view) => takePicture(page, view),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

function listFlags(gpu: 'native' | 'software'): string[] {
  if (gpu === 'software') return listBrowserFlags(process.platform);
  const native = ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist'];
  // Without a screen, Chromium on Linux takes the GPU through Vulkan only.
  const linux = ['--no-sandbox', '--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface'];
  return process.platform === 'linux' ? [...native, ...linux] : native;
}

/** The page posts its arrays to this process's server: as bytes, many times faster than as JSON. */
async function predictFrame(page: Page, frame: number, deliveries: Map<string, Delivery>): Promise<Prediction> {
  const hasFlow = await page.evaluate(async (index) => {
    const post = async (name: string, values: Uint8Array | Float32Array) => {
      const body = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
      const response = await fetch(`evaluate/${name}`, { method: 'POST', body });
      if (!response.ok) throw new Error(`posting ${name}: HTTP ${response.status}`);
    };
    await window.occuscope.seek(index);
    const flow = window.occuscope.flow();
    await post('labels', window.occuscope.labels());
    if (flow) await post('flow', flow);
    return flow !== null;
  }, frame);
  const labels = takeDelivery(deliveries, 'labels');
  return { labels, flow: hasFlow ? new Float32Array(takeDelivery(deliveries, 'flow').buffer) : null };
}

async function readTensor(page: Page, name: string, deliveries: Map<string, Delivery>): Promise<TensorCopy> {
  const shape = await page.evaluate(async (wanted) => {
    const tensor = await window.occuscope.tensor(wanted);
    const response = await fetch('evaluate/tensor', {
      method: 'POST',
      body: new Uint8Array(tensor.values.buffer as ArrayBuffer),
    });
    if (!response.ok) throw new Error(`posting the tensor ${wanted}: HTTP ${response.status}`);
    return [...tensor.shape];
  }, name);
  return { name, shape, values: new Float32Array(takeDelivery(deliveries, 'tensor').buffer) };
}

function takeDelivery(deliveries: Map<string, Delivery>, name: string): Uint8Array<ArrayBuffer> {
  const delivery = deliveries.get(name);
  if (!delivery) throw new Error(`The page has sent no ${name}.`);
  deliveries.delete(name);
  return delivery.bytes;
}

async function takePicture(page: Page, view: PictureView): Promise<Uint8Array> {
  await page.locator('html[data-viewport="ready"]').waitFor();
  await page.keyboard.press(view === 'birds-eye' ? '1' : '2');
  // Without motion the camera jumps; the voxels are drawn some frames after they are predicted.
  await page.waitForTimeout(SETTLE_MILLISECONDS);
  return await page.locator('.pane canvas').first().screenshot();
}
