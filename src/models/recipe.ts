import { OccuscopeError } from '../errors/catalogue.ts';
import type { ModelManifest, StageEntry } from './manifest.ts';

/** Tensor that the preprocessing writes before the first stage. */
export const IMAGES_TENSOR = 'images';

/** Names of the tensors that a stage reads and writes. A decode stage writes labels and flow, which are no tensors. */
export function listTensors(stage: StageEntry): {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
} {
  switch (stage.kind) {
    case 'onnx':
      return { reads: Object.values(stage.in), writes: Object.values(stage.out) };
    case 'camera-rays':
      return { reads: [], writes: [stage.out] };
    case 'voxel-pool':
      return { reads: [stage.depth, stage.context], writes: [stage.out] };
    case 'memory-warp':
    case 'plane-sweep':
      return { reads: [stage.in], writes: [stage.out] };
    case 'decode':
      return {
        reads: [stage.occupancy, stage.logits, stage.flow].filter((name) => name !== undefined),
        writes: [],
      };
  }
}

/**
 * Check that the recipe holds together by its names alone: every tensor is produced once and before it is read, every state
 * tensor is produced, every ONNX part is listed and used, and exactly one decode stage comes last.
 * A state tensor may be read anywhere: it holds the previous frame's value. What a plane sweep compares is state that is written
 * before it. Throws `model-manifest-invalid`, one fault per line.
 */
export function checkRecipe(manifest: ModelManifest): void {
  const faults = [
    ...findTensorFaults(manifest),
    ...findSweepFaults(manifest),
    ...findFileFaults(manifest),
    ...findDecodeFaults(manifest),
  ];
  if (faults.length > 0) throw new OccuscopeError('model-manifest-invalid', { detail: faults.join('\n') });
}

function findTensorFaults({ stages, state }: ModelManifest): string[] {
  const faults: string[] = [];
  const produced = new Set([IMAGES_TENSOR]);
  stages.forEach((stage, index) => {
    const { reads, writes } = listTensors(stage);
    for (const name of reads) {
      if (!produced.has(name) && !Object.hasOwn(state, name)) {
        faults.push(`stages[${index}] (${stage.kind}) reads tensor "${name}" before any stage produces it.`);
      }
    }
    for (const name of writes) {
      if (produced.has(name)) faults.push(`stages[${index}] (${stage.kind}) produces tensor "${name}" a second time.`);
      produced.add(name);
    }
  });
  for (const name of Object.keys(state)) {
    if (!produced.has(name)) faults.push(`state.${name}: no stage produces this tensor.`);
  }
  return faults;
}

/** A plane sweep reads the same tensor twice: as this frame has written it, and as the previous one left it. */
function findSweepFaults({ stages, state }: ModelManifest): string[] {
  return stages.flatMap((stage, index) => {
    if (stage.kind !== 'plane-sweep') return [];
    const written = stages.slice(0, index).some((earlier) => listTensors(earlier).writes.includes(stage.in));
    if (written && Object.hasOwn(state, stage.in)) return [];
    return [
      `stages[${index}] (plane-sweep): tensor "${stage.in}" must be listed under state and be written by a stage before this one.`,
    ];
  });
}

function findFileFaults({ stages, files, card }: ModelManifest): string[] {
  const faults: string[] = [];
  const used = new Set<string>();
  stages.forEach((stage, index) => {
    if (stage.kind !== 'onnx') return;
    used.add(stage.file);
    if (!Object.hasOwn(files, stage.file)) {
      faults.push(`stages[${index}].file: "${stage.file}" is not listed under files.`);
    }
  });
  for (const name of Object.keys(files)) {
    if (!used.has(name) && name !== card) faults.push(`files: "${name}" is used by no stage.`);
  }
  return faults;
}

function findDecodeFaults({ stages }: ModelManifest): string[] {
  const decodes = stages.filter(({ kind }) => kind === 'decode').length;
  if (decodes !== 1 || stages.at(-1)?.kind !== 'decode') {
    return [`stages: exactly one decode stage is needed, as the last one; found ${decodes}.`];
  }
  return [];
}
