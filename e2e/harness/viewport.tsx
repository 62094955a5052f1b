import { createRoot } from 'react-dom/client';
import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import { createStorageBuffer, writeBuffer } from '../../src/gpu/buffers.ts';
import { createGpuContext, type GpuContext } from '../../src/gpu/device.ts';
import { packFlow } from '../../src/reference/arrowCompaction.ts';
import { computeTrajectory } from '../../src/viewport/trajectory.ts';
import type { CameraPreset, ViewData, ViewSettings, ViewStats } from '../../src/viewport/types.ts';
import { type ViewportHandle, VoxelViewport } from '../../src/viewport/VoxelViewport.tsx';
import { makeDrive, makeRig, makeStreet } from './street.ts';

/** What the browser tests drive this page through. */
export interface Harness {
  ready: number;
  readonly errors: string[];
  readonly stats: ViewStats[];
  readonly handles: ViewportHandle[];
  change(settings: Partial<ViewSettings>): void;
  /** Show the street `seconds` later, as the next frame would. */
  showTime(seconds: number): void;
  /** Take every pane off the page and put it back on a new device. */
  replaceDevice(): Promise<void>;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

const query = new URLSearchParams(location.search);
const panes = Number(query.get('panes') ?? 1);
const drive = makeDrive();
const reducedMotion = query.get('motion') !== 'full';
let context: GpuContext | null = null;
let time = 0;
let version = 1;
let data: ViewData | null = null;
let settings: ViewSettings = {
  palette: (query.get('palette') ?? 'occ3d') as ViewSettings['palette'],
  visibleClasses: 0x1ffff,
  heightRange: [0, 15],
  showArrows: query.get('arrows') !== '0',
  showGrid: true,
  showEgo: true,
  showCameras: query.get('cameras') === '1',
  cameraPreset: (query.get('preset') ?? 'free') as CameraPreset,
  followEgo: true,
  theme: query.get('theme') === 'light' ? 'light' : 'dark',
  cameraViews: makeRig(),
  trajectory: computeTrajectory(drive, 10),
  reducedMotion,
};

/** `?labels=<url>` shows other Occ3D labels (640,000 bytes, z fastest) instead of the street. */
const labelsUrl = query.get('labels');
const otherLabels = labelsUrl ? new Uint8Array(await (await fetch(labelsUrl)).arrayBuffer()) : null;

function makeData(): ViewData {
  const street = otherLabels ? { ...makeStreet(time), labels: otherLabels } : makeStreet(time);
  const shared = { grid: street.grid, classes: OCC3D_CLASSES, version: version++, worldFromEgo: drive[10]! };
  if (!context) return { ...shared, labels: { cpu: street.labels }, flow: { cpu: street.flow } };
  const labels = createStorageBuffer(context.device, 'street labels', street.labels.length);
  writeBuffer(context.device, labels, street.labels);
  const flow = createStorageBuffer(context.device, 'street flow', street.labels.length * 4);
  writeBuffer(context.device, flow, packFlow(street.flow));
  return { ...shared, labels: { gpu: labels }, flow: { gpu: flow } };
}

const root = createRoot(document.getElementById('root')!);

function render(): void {
  root.render(
    Array.from({ length: panes }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: panes never move
      <div className="pane" key={index}>
        <VoxelViewport
          ref={(handle) => {
            if (handle) harness.handles[index] = handle;
          }}
          context={context}
          antialias={query.has('aa') ? query.get('aa') === '1' : undefined}
          data={data}
          settings={settings}
          onReady={() => harness.ready++}
          onStats={(stats) => {
            harness.stats[index] = stats;
          }}
          onError={(error) => harness.errors.push(String(error))}
        />
      </div>
    )),
  );
}

async function openContext(): Promise<void> {
  if (query.get('backend') === 'webgl') return;
  context = await createGpuContext(navigator.gpu);
  context.device.addEventListener('uncapturederror', (event) => harness.errors.push(event.error.message));
}

const harness: Harness = {
  ready: 0,
  errors: [],
  stats: [],
  handles: [],
  change(next) {
    settings = { ...settings, ...next };
    render();
  },
  showTime(seconds) {
    time = seconds;
    data = makeData();
    render();
  },
  async replaceDevice() {
    context?.device.destroy();
    await openContext();
    data = makeData();
    render();
  },
};
window.harness = harness;

await openContext();
data = makeData();
render();
