import type { GridSpec } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { ModelManifest, StageEntry } from '../models/manifest.ts';
import { IMAGES_TENSOR } from '../models/recipe.ts';
import { type CameraRaysPlan, planCameraRays } from './cameraRays.ts';
import { type DecodePlan, planDecode } from './decode.ts';
import { type MemoryWarpPlan, planMemoryWarp } from './memoryWarp.ts';
import { type OnnxPlan, type OnnxSignature, planOnnx } from './onnx.ts';
import { type PlaneSweepPlan, planPlaneSweep } from './planeSweep.ts';
import type { Shape } from './stage.ts';
import { planVoxelPool, type VoxelPoolPlan } from './voxelPool.ts';

/** A stage with everything that is known before the first frame. `reads` and `writes` name tensors in the plan's own order. */
export type PlannedStage =
  | { readonly kind: 'onnx'; readonly plan: OnnxPlan }
  | { readonly kind: 'camera-rays'; readonly plan: CameraRaysPlan; readonly writes: string }
  | {
      readonly kind: 'voxel-pool';
      readonly plan: VoxelPoolPlan;
      readonly depth: string;
      readonly context: string;
      readonly writes: string;
    }
  | { readonly kind: 'memory-warp'; readonly plan: MemoryWarpPlan; readonly reads: string; readonly writes: string }
  | { readonly kind: 'plane-sweep'; readonly plan: PlaneSweepPlan; readonly compares: string; readonly writes: string }
  | {
      readonly kind: 'decode';
      readonly plan: DecodePlan;
      readonly logits: string;
      readonly occupancy: string | null;
      readonly flow: string | null;
    };

/** A recipe whose shapes have been checked from end to end. */
export interface ModelPlan {
  readonly manifest: ModelManifest;
  readonly stages: readonly PlannedStage[];
  /** Every tensor that one frame writes, state included. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Names of the tensors that live from frame to frame. */
  readonly state: readonly string[];
  readonly voxels: number;
}

/**
 * Walk the recipe, check every shape against the ONNX parts and give every tensor its shape.
 * Throws `model-manifest-invalid` naming the stage.
 */
export function planModel(manifest: ModelManifest, signatures: ReadonlyMap<string, OnnxSignature>): ModelPlan {
  const [width, height] = manifest.images.size;
  const shapes = new Map<string, Shape>([[IMAGES_TENSOR, [manifest.cameras, 3, height, width]]]);
  const readable = new Map<string, Shape>(shapes);
  for (const [name, { shape }] of Object.entries(manifest.state)) readable.set(name, shape);
  const stages = manifest.stages.map((entry, index) => {
    const { stage, outputs } = nameStage(index, entry, () => planStage(manifest, entry, signatures, readable));
    for (const [name, shape] of outputs) {
      const stateShape = manifest.state[name]?.shape;
      if (stateShape && stateShape.join() !== shape.join()) {
        refuse(`state.${name} has shape [${stateShape}], but stages[${index}] (${entry.kind}) writes [${shape}].`);
      }
      shapes.set(name, shape);
      readable.set(name, shape);
    }
    return stage;
  });
  const [nx, ny, nz] = manifest.grid.size;
  return { manifest, stages, shapes, state: Object.keys(manifest.state), voxels: nx * ny * nz };
}

interface StageOutcome {
  readonly stage: PlannedStage;
  readonly outputs: readonly (readonly [string, Shape])[];
}

function planStage(
  manifest: ModelManifest,
  entry: StageEntry,
  signatures: ReadonlyMap<string, OnnxSignature>,
  shapes: ReadonlyMap<string, Shape>,
): StageOutcome {
  const shapeOf = (name: string): Shape =>
    shapes.get(name) ?? refuse(`tensor "${name}" is read before it is produced.`);
  switch (entry.kind) {
    case 'onnx': {
      const signature = signatures.get(entry.file) ?? refuse(`"${entry.file}" is not in the package.`);
      const plan = planOnnx(entry, signature, shapes);
      return { stage: { kind: 'onnx', plan }, outputs: plan.outputs.map(({ tensor, shape }) => [tensor, shape]) };
    }
    case 'camera-rays': {
      const plan = planCameraRays(entry, manifest.cameras, manifest.images.size);
      return { stage: { kind: 'camera-rays', plan, writes: entry.out }, outputs: [[entry.out, plan.shape]] };
    }
    case 'voxel-pool': {
      const plan = planVoxelPool(entry, shapeOf(entry.depth), shapeOf(entry.context));
      const { depth, context, out: writes } = entry;
      return { stage: { kind: 'voxel-pool', plan, depth, context, writes }, outputs: [[writes, plan.outShape]] };
    }
    case 'memory-warp': {
      const plan = planMemoryWarp(entry, shapeOf(entry.in));
      const stage = { kind: 'memory-warp', plan, reads: entry.in, writes: entry.out } as const;
      return { stage, outputs: [[entry.out, plan.outShape]] };
    }
    case 'plane-sweep': {
      const plan = planPlaneSweep(entry, shapeOf(entry.in));
      const stage = { kind: 'plane-sweep', plan, compares: entry.in, writes: entry.out } as const;
      return { stage, outputs: [[entry.out, plan.outShape]] };
    }
    case 'decode': {
      const plan = planDecode(entry, shapes, manifest.grid);
      const { logits, occupancy = null, flow = null } = entry;
      return { stage: { kind: 'decode', plan, logits, occupancy, flow }, outputs: [] };
    }
  }
}

/** Shape of a tensor that every frame writes. Throws an Error that names those there are. */
export function requireShape({ shapes }: ModelPlan, name: string): Shape {
  const shape = shapes.get(name);
  if (!shape) throw new Error(`The model has no tensor “${name}”; it has ${[...shapes.keys()].join(', ')}.`);
  return shape;
}

/** The state that lies on the ground as a map does; what a plane sweep compares lies in the cameras' images and is left out. */
export function listStateMaps({ stages, state }: ModelPlan): readonly string[] {
  const compared = new Set(stages.map((stage) => (stage.kind === 'plane-sweep' ? stage.compares : null)));
  return state.filter((name) => !compared.has(name));
}

/** Where a state tensor lies in the ego frame: the grid of the memory warp that moves it; null where nothing does. */
export function findStateGrid({ stages }: ModelPlan, name: string): GridSpec | null {
  const warp = stages.find((stage) => stage.kind === 'memory-warp' && stage.reads === name);
  return warp?.kind === 'memory-warp' ? warp.plan.entry.grid : null;
}

function nameStage<Result>(index: number, entry: StageEntry, plan: () => Result): Result {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof OccuscopeError) || error.code !== 'model-manifest-invalid') throw error;
    throw new OccuscopeError('model-manifest-invalid', {
      detail: `stages[${index}] (${entry.kind}): ${error.detail}`,
      cause: error,
    });
  }
}

function refuse(fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: fault });
}
