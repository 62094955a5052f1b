import { mix, screenUV, uniform } from 'three/tsl';
import { Color, Group, type Scene, type WebGPURenderer } from 'three/webgpu';
import type { GridSpec, Vector3 } from '../domain/geometry.ts';
import type { GpuContext } from '../gpu/device.ts';
import { createCameraPyramids } from './cameraPyramids.ts';
import { createCpuVoxelLayer } from './cpuVoxelLayer.ts';
import { createEgoCar } from './egoCar.ts';
import { createGpuVoxelLayer } from './gpuVoxelLayer.ts';
import { computeRoadTop, createGround, type Ground } from './ground.ts';
import { createHighlight } from './highlight.ts';
import { createRouteRibbon } from './routeRibbon.ts';
import { THEMES } from './themes.ts';
import type { ViewData, ViewSettings, ViewStats } from './types.ts';
import type { VoxelLayer } from './voxelLayer.ts';

/** Everything in the scene except the camera; follows data and settings by comparing them with what it shows. */
export interface ViewportStage {
  /** Show `data` under `settings`; resolves with the counts when the volume was compacted anew, else with null. */
  update(data: ViewData | null, settings: ViewSettings): Promise<ViewStats | null>;
  /** Before each render: labels keep their size under a lens of `fov` degrees in a view `height` CSS pixels high. */
  sizeLabels(height: number, fov: number): void;
  /** Mark this voxel of the grid, or none. */
  setHighlight(cell: Vector3 | null): void;
  /** True once there is a volume to see. */
  hasVolume(): boolean;
  /** After a render: throws when three no longer draws from our buffers. */
  assertSeam(): void;
  dispose(): void;
}

/** A part of the scene that is rebuilt when one of its inputs changes, compared by identity. */
function createPart(
  scene: Group,
  build: (...inputs: never[]) => { object: Group['children'][0]; dispose(): void } | null,
) {
  let built: ReturnType<typeof build> = null;
  let last: readonly unknown[] | null = null;
  return {
    update(isShown: boolean, ...inputs: unknown[]): void {
      if (last === null || inputs.some((input, index) => input !== last?.[index])) {
        this.dispose();
        last = inputs;
        built = build(...(inputs as never[]));
        if (built) scene.add(built.object);
      }
      if (built) built.object.visible = isShown;
    },
    dispose(): void {
      if (built) scene.remove(built.object);
      built?.dispose();
      built = null;
      last = null;
    },
  };
}

function isSameGrid(a: GridSpec, b: GridSpec): boolean {
  return (
    a === b || [0, 1, 2].every((k) => a.lower[k] === b.lower[k] && a.voxel[k] === b.voxel[k] && a.size[k] === b.size[k])
  );
}

/** Build the stage in `scene`; `context` null means the CPU path on WebGL2. */
export function createViewportStage(renderer: WebGPURenderer, scene: Scene, context: GpuContext | null): ViewportStage {
  const root = new Group();
  scene.add(root);
  const skyTop = uniform(new Color());
  const skyBottom = uniform(new Color());
  scene.backgroundNode = mix(skyBottom, skyTop, screenUV.y.oneMinus());

  const highlight = createHighlight();
  root.add(highlight.object);
  let groundShown: Ground | null = null;
  let sizedFor = 0;
  const ground = createPart(root, (grid: ViewData['grid'], theme: ViewSettings['theme']) => {
    groundShown = createGround(grid, THEMES[theme]);
    sizedFor = 0;
    return { object: groundShown.group, dispose: groundShown.dispose };
  });
  const car = createPart(root, (grid: ViewData['grid'], theme: ViewSettings['theme']) => {
    const { group, dispose } = createEgoCar(THEMES[theme], computeRoadTop(grid));
    return { object: group, dispose };
  });
  const route = createPart(root, (trajectory: ViewSettings['trajectory'], theme: ViewSettings['theme']) => {
    const ribbon = trajectory && createRouteRibbon(trajectory, THEMES[theme]);
    return ribbon && { object: ribbon.mesh, dispose: ribbon.dispose };
  });
  const pyramids = createPart(root, (views: ViewSettings['cameraViews'], theme: ViewSettings['theme']) => {
    const { lines, dispose } = createCameraPyramids(views, THEMES[theme]);
    return { object: lines, dispose };
  });

  let layer: VoxelLayer | null = null;
  let shown = '';

  function replaceLayer(data: ViewData | null, settings: ViewSettings): void {
    if (data && layer && isSameGrid(layer.grid, data.grid) && layer.classes.free === data.classes.free) return;
    if (layer) root.remove(layer.group);
    layer?.dispose();
    shown = '';
    layer = null;
    if (!data) return;
    layer = context
      ? createGpuVoxelLayer(renderer, context.device, data, settings)
      : createCpuVoxelLayer(data, settings);
    root.add(layer.group);
  }

  return {
    async update(data, settings) {
      const { theme, cameraPreset, cameraViews, heightRange, visibleClasses, showArrows } = settings;
      const isOwnView = cameraPreset.startsWith('camera:');
      skyTop.value.set(THEMES[theme].skyTop);
      skyBottom.value.set(THEMES[theme].skyBottom);
      replaceLayer(data, settings);
      // The layer keeps the first of several equal grids, so that nothing is rebuilt for the others.
      if (layer) ground.update(settings.showGrid, layer.grid, theme);
      // From its own cameras the car and the pyramids would only hide the street.
      if (layer) car.update(settings.showEgo && !isOwnView, layer.grid, theme);
      route.update(true, settings.trajectory, theme);
      pyramids.update(settings.showCameras && !isOwnView, cameraViews, theme);
      if (!data || !layer) return null;
      layer.materials.setPalette(settings.palette);
      layer.materials.setTheme(theme);
      const wanted = [data.version, ...heightRange, visibleClasses, showArrows].join();
      if (wanted === shown) return null;
      shown = wanted;
      const [firstSlice, lastSlice] = heightRange;
      return layer.show(data, { visibleClasses, firstSlice, lastSlice, showArrows });
    },
    sizeLabels(height, fov) {
      const key = height * 1000 + fov;
      if (key === sizedFor || height <= 0) return;
      sizedFor = key;
      groundShown?.sizeLabels(height, fov);
    },
    setHighlight: (cell) => highlight.setCell(layer?.grid ?? null, cell),
    hasVolume: () => layer !== null,
    assertSeam: () => layer?.assertSeam(),
    dispose() {
      for (const part of [ground, car, route, pyramids]) part.dispose();
      highlight.dispose();
      layer?.dispose();
      scene.remove(root);
      scene.backgroundNode = null;
    },
  };
}
