import type { Tensor } from 'onnxruntime-common';
import type { GpuContext } from '../gpu/device.ts';
import type { OrtRuntime, OrtSession } from '../models/ortRuntime.ts';
import { createCameraRays } from './cameraRays.ts';
import { createDecode } from './decode.ts';
import { createMemoryWarp } from './memoryWarp.ts';
import type { OnnxPlan, OnnxPort } from './onnx.ts';
import { createPlaneSweep } from './planeSweep.ts';
import type { ModelPlan, PlannedStage } from './planModel.ts';
import type { FrameStep } from './runFrame.ts';
import type { GpuStage } from './stage.ts';
import type { TensorBuffers } from './tensorBuffers.ts';
import { createVoxelPool } from './voxelPool.ts';

/** The steps of one frame with the stages behind them. */
export interface GpuSteps {
  readonly steps: readonly FrameStep[];
  /** Every stage of ours, to update with the frame's calibration. */
  readonly stages: readonly GpuStage[];
}

/** Turn a plan into steps over its buffers: our stages record passes, ONNX parts run on the same device and buffers. */
export function createGpuSteps(
  context: GpuContext,
  plan: ModelPlan,
  buffers: TensorBuffers,
  runtime: OrtRuntime,
  sessions: ReadonlyMap<string, OrtSession>,
): GpuSteps {
  const stages: GpuStage[] = [];
  const steps = plan.stages.map((planned): FrameStep => {
    if (planned.kind === 'onnx')
      return createOnnxStep(runtime, sessions.get(planned.plan.file)!, planned.plan, buffers);
    const stage = createStage(context, planned, buffers);
    stages.push(stage);
    return { name: stage.kind, encode: (encoder) => stage.encode(encoder) };
  });
  return { steps, stages };
}

function createStage(
  context: GpuContext,
  stage: Exclude<PlannedStage, { kind: 'onnx' }>,
  buffers: TensorBuffers,
): GpuStage {
  switch (stage.kind) {
    case 'camera-rays':
      return createCameraRays(context, stage.plan, { out: buffers.writing(stage.writes) });
    case 'voxel-pool':
      return createVoxelPool(context, stage.plan, {
        depth: buffers.reading(stage.depth),
        context: buffers.reading(stage.context),
        out: buffers.writing(stage.writes),
      });
    case 'memory-warp':
      return createMemoryWarp(context, stage.plan, {
        in: buffers.reading(stage.reads),
        out: buffers.writing(stage.writes),
      });
    case 'plane-sweep':
      return createPlaneSweep(context, stage.plan, {
        current: buffers.writing(stage.compares),
        previous: buffers.reading(stage.compares),
        out: buffers.writing(stage.writes),
      });
    case 'decode':
      return createDecode(context, stage.plan, {
        logits: buffers.reading(stage.logits),
        occupancy: stage.occupancy === null ? null : buffers.reading(stage.occupancy),
        flow: stage.flow === null ? null : buffers.reading(stage.flow),
        labels: buffers.labels,
        flowOut: buffers.flow,
      });
  }
}

/** Bind an ONNX part to the buffers once: ORT reads ours and writes ours, so nothing is copied or allocated per frame. */
function createOnnxStep(runtime: OrtRuntime, session: OrtSession, plan: OnnxPlan, buffers: TensorBuffers): FrameStep {
  const bind = (ports: readonly OnnxPort[], bufferOf: (name: string) => GPUBuffer) =>
    Object.fromEntries(
      ports.map(({ onnxName, tensor, shape }): [string, Tensor] => [
        onnxName,
        runtime.ort.Tensor.fromGpuBuffer(bufferOf(tensor), { dataType: 'float32', dims: [...shape] }),
      ]),
    );
  const feeds = bind(plan.inputs, buffers.reading);
  const fetches = bind(plan.outputs, buffers.writing);
  return { name: plan.file, run: () => session.run(feeds, fetches) };
}
