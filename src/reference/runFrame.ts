import type { CameraView, Frame } from '../domain/clip.ts';
import type { MemoryTensor, TensorCopy } from '../domain/memory.ts';
import type { FrameResult, StageTiming } from '../domain/result.ts';
import type { ModelPackage } from '../models/openModel.ts';
import type { OrtRuntime, OrtSession } from '../models/ortRuntime.ts';
import { IMAGES_TENSOR } from '../models/recipe.ts';
import { createGeometryBuilder, type GeometryBuilder } from '../pipeline/frameGeometry.ts';
import type { OnnxPlan } from '../pipeline/onnx.ts';
import { openOnnxParts, releaseOnnxParts } from '../pipeline/onnxParts.ts';
import {
  findStateGrid,
  listStateMaps,
  type ModelPlan,
  type PlannedStage,
  planModel,
  requireShape,
} from '../pipeline/planModel.ts';
import { countElements, type FrameGeometry } from '../pipeline/stage.ts';
import { cameraRaysReference } from './cameraRays.ts';
import { decodeReference } from './decode.ts';
import { warpMemory } from './memoryWarp.ts';
import { sweepPlanes } from './planeSweep.ts';
import { preprocessReference } from './preprocess.ts';
import { poolVoxels } from './voxelPool.ts';

/** RGBA bytes of one camera, rows top to bottom. */
export interface PlainImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray | Uint8Array;
}

/** The whole network on the CPU: the twins of our kernels around ONNX Runtime's wasm provider. */
export interface ReferenceNetwork {
  reset(): void;
  /** Run one frame, images in rig order; frames follow one another as on the GPU runner. */
  run(frame: Frame, images: readonly PlainImage[]): Promise<FrameResult>;
  /** Copies of what is remembered after the last frame. */
  readState(): readonly MemoryTensor[];
  /** A copy of a tensor that the last frame wrote. Throws an Error before the first one, and for a name that there is not. */
  readTensor(name: string): TensorCopy;
  dispose(): Promise<void>;
}

/** Sees every tensor of a frame once it is done, for tools that compare backends; what it is given must not be changed. */
export type TensorObserver = (name: string, values: Float32Array) => void;

/** Open a model on the CPU. Throws `model-manifest-invalid` or `model-run-failed`. */
export async function createReferenceNetwork(
  model: ModelPackage,
  runtime: OrtRuntime,
  observe?: TensorObserver,
): Promise<ReferenceNetwork> {
  const sessions = await openOnnxParts(model, runtime, { executionProviders: ['wasm'] });
  const plan = planModel(
    model.manifest,
    new Map([...sessions].map(([file, { signature }]): [string, OrtSession['signature']] => [file, signature])),
  );
  const builder = createGeometryBuilder(model.manifest.images, model.manifest.cameras);
  let state = createZeroState(plan);
  let written: Tensors = new Map();
  return {
    reset() {
      builder.reset();
      state = createZeroState(plan);
    },
    async run(frame, images) {
      const startedAt = performance.now();
      const geometry = builder.describe(frame);
      const pass: FramePass = { plan, geometry, runtime, sessions, state, fresh: new Map(), timings: [] };
      await time(pass, 'preprocess', () => preprocessImages(pass, builder, frame, images));
      let decoded: ReturnType<typeof decodeReference> | null = null;
      for (const stage of plan.stages) {
        const name = stage.kind === 'onnx' ? stage.plan.file : stage.kind;
        await time(pass, name, async () => {
          if (stage.kind === 'decode') decoded = decodeStage(pass, stage);
          else await runStage(pass, stage);
        });
      }
      state = new Map(plan.state.map((name) => [name, pass.fresh.get(name)!]));
      written = pass.fresh;
      builder.commit(frame);
      if (observe) for (const [name, values] of pass.fresh) observe(name, values);
      const { labels, flow } = decoded!;
      const wallMilliseconds = performance.now() - startedAt;
      return { frameIndex: frame.index, labels, flow, timings: pass.timings, wallMilliseconds };
    },
    readState: () =>
      listStateMaps(plan).map((name) => ({
        name,
        shape: plan.shapes.get(name)!,
        values: state.get(name)!.slice(),
        grid: findStateGrid(plan, name),
      })),
    readTensor(name) {
      const shape = requireShape(plan, name);
      const values = written.get(name);
      if (!values) throw new Error('No frame has been run yet.');
      return { name, shape, values: values.slice() };
    },
    dispose: () => releaseOnnxParts(sessions),
  };
}

type Tensors = Map<string, Float32Array>;

/** One frame on its way: the state it reads, the tensors it has made so far. */
interface FramePass {
  readonly plan: ModelPlan;
  readonly geometry: FrameGeometry;
  readonly runtime: OrtRuntime;
  readonly sessions: ReadonlyMap<string, OrtSession>;
  readonly state: Tensors;
  readonly fresh: Tensors;
  readonly timings: StageTiming[];
}

function createZeroState(plan: ModelPlan): Tensors {
  return new Map(plan.state.map((name) => [name, new Float32Array(countElements(plan.shapes.get(name)!))]));
}

async function time(pass: FramePass, stage: string, work: () => void | Promise<void>): Promise<void> {
  const startedAt = performance.now();
  await work();
  pass.timings.push({ stage, milliseconds: performance.now() - startedAt });
}

/** A state tensor reads as the previous frame left it, even after this frame has written its own. */
function readTensor({ state, fresh }: FramePass, name: string): Float32Array {
  return state.get(name) ?? fresh.get(name)!;
}

function preprocessImages(
  { fresh, plan }: FramePass,
  builder: GeometryBuilder,
  frame: Frame,
  images: readonly PlainImage[],
): void {
  const tensor = new Float32Array(countElements(plan.shapes.get(IMAGES_TENSOR)!));
  // Places without a camera stay zero.
  const slice = tensor.length / plan.manifest.cameras;
  frame.cameras.forEach(({ width, height }: CameraView, camera) => {
    tensor.set(preprocessReference(builder.planImages(width, height), images[camera]!.pixels), camera * slice);
  });
  fresh.set(IMAGES_TENSOR, tensor);
}

async function runStage(pass: FramePass, stage: Exclude<PlannedStage, { kind: 'decode' }>): Promise<void> {
  const { geometry, fresh } = pass;
  switch (stage.kind) {
    case 'onnx':
      return runOnnx(pass, stage.plan);
    case 'camera-rays':
      fresh.set(stage.writes, cameraRaysReference(stage.plan, geometry));
      return;
    case 'voxel-pool': {
      const [depth, context] = [readTensor(pass, stage.depth), readTensor(pass, stage.context)];
      fresh.set(stage.writes, poolVoxels(stage.plan, geometry, depth, context));
      return;
    }
    case 'memory-warp':
      fresh.set(stage.writes, warpMemory(stage.plan, geometry, readTensor(pass, stage.reads)));
      return;
    case 'plane-sweep': {
      const [current, previous] = [fresh.get(stage.compares)!, pass.state.get(stage.compares)!];
      fresh.set(stage.writes, sweepPlanes(stage.plan, geometry, current, previous));
      return;
    }
  }
}

function decodeStage(pass: FramePass, stage: Extract<PlannedStage, { kind: 'decode' }>) {
  return decodeReference(stage.plan, {
    logits: readTensor(pass, stage.logits),
    occupancy: stage.occupancy === null ? null : readTensor(pass, stage.occupancy),
    flow: stage.flow === null ? null : readTensor(pass, stage.flow),
  });
}

async function runOnnx(pass: FramePass, plan: OnnxPlan): Promise<void> {
  const { Tensor } = pass.runtime.ort;
  const feeds = Object.fromEntries(
    plan.inputs.map(({ onnxName, tensor, shape }) => [
      onnxName,
      new Tensor('float32', readTensor(pass, tensor), [...shape]),
    ]),
  );
  const results = await pass.sessions.get(plan.file)!.run(feeds);
  for (const { onnxName, tensor } of plan.outputs) pass.fresh.set(tensor, results[onnxName]!.data as Float32Array);
}
