import { Canvas, useFrame, useThree } from '@react-three/fiber';
import { type Ref, useCallback, useEffect, useImperativeHandle, useMemo, useRef } from 'react';
import { PCFShadowMap, PerspectiveCamera, type WebGPURenderer } from 'three/webgpu';
import type { Matrix4, Vector3 } from '../domain/geometry.ts';
import type { GpuContext } from '../gpu/device.ts';
import { type CameraRig, createCameraRig } from './cameraRig.ts';
import { pickAt, watchPointer } from './hoverPicker.ts';
import type { VoxelHit } from './pickVoxel.ts';
import { createRenderer, isSoftwareWebGl, type RendererOptions } from './threeSeam.ts';
import { invertRigid, multiplyMatrices } from './trajectory.ts';
import type { CameraPose, ViewData, ViewSettings, ViewStats } from './types.ts';
import { createViewportStage } from './viewportStage.ts';

/** What a parent can ask of a mounted viewport. */
export interface ViewportHandle {
  /** The current picture as a PNG at the canvas's own resolution. */
  capture(): Promise<Blob>;
  getPose(): CameraPose;
  /** Take over another pane's camera; does not call `onCameraMove` back. */
  setPose(pose: CameraPose): void;
  /** Mark a voxel of the grid, or none; drawn over everything, so that hidden voxels are found too. */
  setHighlight(cell: Vector3 | null): void;
}

export interface VoxelViewportProps {
  /** The shared device; null draws through WebGL2 from CPU volumes. Pass a new context after a device loss. */
  readonly context: GpuContext | null;
  readonly data: ViewData | null;
  readonly settings: ViewSettings;
  readonly ref?: Ref<ViewportHandle>;
  /** Four samples per pixel; by default unless the adapter is a software one, where they double the time of a picture. */
  readonly antialias?: boolean;
  /** Accessible name of the canvas. */
  readonly label?: string;
  /** Once, after the first picture of a volume. */
  readonly onReady?: () => void;
  readonly onStats?: (stats: ViewStats) => void;
  /** A person moved the camera (not: a preset or `setPose`). */
  readonly onCameraMove?: (pose: CameraPose) => void;
  /** The drawn voxel under the pointer, or null; needs labels on the CPU (`ViewData.pickLabels`). */
  readonly onHover?: (hit: VoxelHit | null) => void;
  /** The drawn voxel that was clicked (not: dragged from), or null. */
  readonly onPick?: (hit: VoxelHit | null) => void;
  readonly onError?: (error: unknown) => void;
}

type SceneProps = Omit<VoxelViewportProps, 'antialias'>;

/** Calls the newest `handler` through one stable function. */
function useLatest<Arguments extends unknown[]>(handler: ((...values: Arguments) => void) | undefined) {
  const latest = useRef(handler);
  latest.current = handler;
  return useCallback((...values: Arguments) => latest.current?.(...values), []);
}

/** Compaction and scene parts follow data and settings. */
function useStage({ context, data, settings, onStats, onError }: SceneProps) {
  const renderer = useThree((state) => state.gl) as unknown as WebGPURenderer;
  const scene = useThree((state) => state.scene);
  const invalidate = useThree((state) => state.invalidate);
  const reportStats = useLatest(onStats);
  const reportError = useLatest(onError);
  const stage = useRef<ReturnType<typeof createViewportStage> | null>(null);
  useEffect(() => {
    stage.current = createViewportStage(renderer, scene, context);
    return () => {
      stage.current?.dispose();
      stage.current = null;
    };
  }, [renderer, scene, context]);
  useEffect(() => {
    const current = stage.current;
    current?.update(data, settings).then(
      (stats) => stats && stage.current === current && reportStats(stats),
      (error) => stage.current === current && reportError(error),
    );
    invalidate();
  }, [data, settings, invalidate, reportStats, reportError]);
  return stage;
}

/** The camera follows presets, keys, pointer and, when it stays in the world, the ego's motion. */
function useRig({ data, settings, onCameraMove }: SceneProps) {
  const camera = useThree((state) => state.camera) as unknown as PerspectiveCamera;
  const element = useThree((state) => state.gl.domElement);
  const size = useThree((state) => state.size);
  const invalidate = useThree((state) => state.invalidate);
  const reportMove = useLatest(onCameraMove);
  const rig = useRef<CameraRig | null>(null);
  useEffect(() => {
    rig.current = createCameraRig(camera, element, () => invalidate(), reportMove);
    return () => {
      rig.current?.dispose();
      rig.current = null;
    };
  }, [camera, element, invalidate, reportMove]);
  useEffect(() => rig.current?.resize(size.width, size.height), [size]);
  const { cameraPreset, cameraViews, reducedMotion, followEgo } = settings;
  const lastPreset = useRef<string | null>(null);
  useEffect(() => {
    // New views under the same preset are the next frame's calibration: own views follow at once, orbits stay.
    const isSame = lastPreset.current === cameraPreset;
    if (isSame && !cameraPreset.startsWith('camera:')) return;
    rig.current?.goTo(cameraPreset, { cameraViews, reducedMotion }, isSame);
    lastPreset.current = cameraPreset;
  }, [cameraPreset, cameraViews, reducedMotion]);
  const pose = useRef<Matrix4 | null>(null);
  useEffect(() => {
    const now = data?.worldFromEgo ?? null;
    const before = pose.current;
    pose.current = now;
    if (!followEgo && now && before && now !== before) rig.current?.carry(multiplyMatrices(invertRigid(now), before));
  }, [data, followEgo]);
  return rig;
}

/** Reports the voxel under the pointer while somebody listens. */
function useHover({ data, settings, onHover, onPick }: SceneProps) {
  const camera = useThree((state) => state.camera) as unknown as PerspectiveCamera;
  const element = useThree((state) => state.gl.domElement);
  const isWanted = onHover !== undefined;
  const report = useLatest(onHover);
  const reportPick = useLatest(onPick);
  const shown = useRef({ data, settings });
  shown.current = { data, settings };
  useEffect(() => {
    if (!isWanted) return;
    const pick = (x: number, y: number) => {
      const { data, settings } = shown.current;
      return data && pickAt(camera, x, y, data, settings);
    };
    return watchPointer(element, pick, report, reportPick);
  }, [camera, element, isWanted, report, reportPick]);
}

function ViewportScene(props: SceneProps) {
  useHover(props);
  const stage = useStage(props);
  const rig = useRig(props);
  const { gl, scene, camera, invalidate } = useThree();
  const { label = '3D view of the occupancy' } = props;
  useEffect(() => gl.domElement.setAttribute('aria-label', label), [gl, label]);
  const reportReady = useLatest(props.onReady);
  const reportError = useLatest(props.onError);
  const frames = useRef(0);
  useFrame((state, seconds) => {
    if (rig.current?.advance(seconds)) invalidate();
    stage.current?.sizeLabels(state.size.height, (camera as PerspectiveCamera).fov);
  });
  // The second frame with a volume: R3F has drawn the first one by then.
  useFrame(() => {
    if (frames.current === 2 || !stage.current?.hasVolume()) return;
    frames.current++;
    if (frames.current === 1) invalidate();
    if (frames.current === 1) return;
    try {
      stage.current?.assertSeam();
      reportReady();
    } catch (error) {
      reportError(error);
    }
  });
  useImperativeHandle(
    props.ref,
    () => ({
      getPose: () => rig.current!.getPose(),
      setPose: (pose) => rig.current?.setPose(pose),
      setHighlight: (cell) => {
        stage.current?.setHighlight(cell);
        invalidate();
      },
      capture: () =>
        new Promise((resolve, reject) => {
          // The drawing buffer is only readable in the task that drew it.
          gl.render(scene, camera);
          gl.domElement.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The canvas gave no picture.'))));
        }),
    }),
    [gl, scene, camera, rig, stage, invalidate],
  );
  return null;
}

// R3F would otherwise ask for a shadow type that three has removed, and three would warn.
const NO_SHADOWS = { enabled: false, type: PCFShadowMap };

let nextCanvasKey = 0;
const canvasKeys = new WeakMap<GpuContext, number>();

/** A canvas belongs to one device for life: a new context needs a new canvas. */
function canvasKeyOf(context: GpuContext | null): number {
  if (!context) return -1;
  const key = canvasKeys.get(context) ?? nextCanvasKey++;
  canvasKeys.set(context, key);
  return key;
}

/**
 * One pane: voxels, arrows, ego and ground of `data` in 3D.
 * Renders only when something changes. Panes may share one `context`; each has its own canvas.
 */
export function VoxelViewport({ antialias, ...props }: VoxelViewportProps) {
  const { context } = props;
  const samples = useMemo(() => antialias ?? !(context ? context.isSoftware : isSoftwareWebGl()), [antialias, context]);
  const reportError = useLatest(props.onError);
  const camera = useMemo(() => new PerspectiveCamera(42, 1, 0.3, 700), []);
  const makeRenderer = useCallback(
    async (options: unknown) => {
      try {
        const canvas = (options as RendererOptions).canvas;
        const renderer = await createRenderer({ canvas, antialias: samples }, context?.device ?? null);
        const element = renderer.domElement;
        element.tabIndex = 0;
        element.setAttribute('role', 'img');
        return renderer as never;
      } catch (error) {
        reportError(error);
        throw error;
      }
    },
    [context, samples, reportError],
  );
  return (
    <Canvas
      key={canvasKeyOf(context)}
      frameloop="demand"
      flat
      shadows={NO_SHADOWS}
      dpr={[1, 2]}
      gl={makeRenderer}
      camera={camera as never}
    >
      <ViewportScene {...props} />
    </Canvas>
  );
}
