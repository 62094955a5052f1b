import { deflateSync, inflateSync } from 'fflate';
import type { FrameResult, StageTiming } from '../domain/result.ts';

/** A frame's result, small enough to keep every frame of a clip: labels deflated, flow only where it is not zero. */
export interface KeptResult {
  readonly frameIndex: number;
  readonly voxels: number;
  readonly labels: Uint8Array;
  readonly flow: { readonly voxels: Uint32Array; readonly vectors: Float32Array } | null;
  readonly timings: readonly StageTiming[];
  readonly wallMilliseconds: number;
}

/** Compress a result without loss. */
export function packResult({ frameIndex, labels, flow, timings, wallMilliseconds }: FrameResult): KeptResult {
  return {
    frameIndex,
    voxels: labels.length,
    labels: deflateSync(labels, { level: 1 }),
    flow: flow && packFlow(flow),
    timings,
    wallMilliseconds,
  };
}

/** Give back what was packed, in fresh arrays. */
export function unpackResult(kept: KeptResult): FrameResult {
  const { frameIndex, timings, wallMilliseconds } = kept;
  const labels = inflateSync(kept.labels, { out: new Uint8Array(kept.voxels) });
  return { frameIndex, labels, flow: kept.flow && unpackFlow(kept.flow, kept.voxels), timings, wallMilliseconds };
}

/** Bytes that a kept result takes. */
export function sizeOfKept({ labels, flow }: KeptResult): number {
  return labels.byteLength + (flow ? flow.voxels.byteLength + flow.vectors.byteLength : 0);
}

function packFlow(flow: Float32Array): KeptResult['flow'] {
  const moving = (voxel: number) => flow[voxel * 2] !== 0 || flow[voxel * 2 + 1] !== 0;
  let count = 0;
  for (let voxel = 0; voxel * 2 < flow.length; voxel += 1) if (moving(voxel)) count += 1;
  const voxels = new Uint32Array(count);
  const vectors = new Float32Array(count * 2);
  let next = 0;
  for (let voxel = 0; voxel * 2 < flow.length; voxel += 1) {
    if (!moving(voxel)) continue;
    voxels[next] = voxel;
    vectors[next * 2] = flow[voxel * 2]!;
    vectors[next * 2 + 1] = flow[voxel * 2 + 1]!;
    next += 1;
  }
  return { voxels, vectors };
}

function unpackFlow({ voxels, vectors }: NonNullable<KeptResult['flow']>, count: number): Float32Array {
  const flow = new Float32Array(count * 2);
  voxels.forEach((voxel, index) => {
    flow[voxel * 2] = vectors[index * 2]!;
    flow[voxel * 2 + 1] = vectors[index * 2 + 1]!;
  });
  return flow;
}
