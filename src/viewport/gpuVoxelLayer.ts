import type { WebGPURenderer } from 'three/webgpu';
import { createStorageBuffer, writeBuffer } from '../gpu/buffers.ts';
import { packFlow, planArrowCompaction } from '../reference/arrowCompaction.ts';
import { planFaceCompaction } from '../reference/faceCompaction.ts';
import { createArrowCompaction, createFaceCompaction } from './compaction.ts';
import type { VolumePaletteId } from './palettes.ts';
import type { FlowSource, LabelSource, ViewData, ViewTheme } from './types.ts';
import { countArrowIndices, createLayerMeshes, type LayerFilter, type VoxelLayer } from './voxelLayer.ts';
import { createGpuRecordMesh } from './voxelMesh.ts';

/** Buffers for volumes that arrive on the CPU (ground truth, stored predictions); made on first use. */
function createUploads(device: GPUDevice, voxelCount: number) {
  let labelBuffer: GPUBuffer | null = null;
  let flowBuffer: GPUBuffer | null = null;
  return {
    labels(source: LabelSource): GPUBuffer {
      if ('gpu' in source) return source.gpu;
      labelBuffer ??= createStorageBuffer(device, 'viewport labels', voxelCount);
      writeBuffer(device, labelBuffer, source.cpu);
      return labelBuffer;
    },
    flow(source: FlowSource): GPUBuffer {
      if ('gpu' in source) return source.gpu;
      flowBuffer ??= createStorageBuffer(device, 'viewport flow', voxelCount * 4);
      writeBuffer(device, flowBuffer, packFlow(source.cpu));
      return flowBuffer;
    },
    destroy() {
      labelBuffer?.destroy();
      flowBuffer?.destroy();
    },
  };
}

export interface GpuVoxelLayer extends VoxelLayer {
  /** Compact without reading the counts back. */
  compact(data: ViewData, filter: LayerFilter): void;
}

/** The layer on our device: labels stay on the GPU, compaction fills what three draws, counts come back later. */
export function createGpuVoxelLayer(
  renderer: WebGPURenderer,
  device: GPUDevice,
  { grid, classes }: Pick<ViewData, 'grid' | 'classes'>,
  look: { readonly palette: VolumePaletteId; readonly theme: ViewTheme },
): GpuVoxelLayer {
  const facePlan = planFaceCompaction(grid, classes.free);
  const faces = createFaceCompaction(device, facePlan);
  const arrows = createArrowCompaction(device, planArrowCompaction(grid, classes), countArrowIndices());
  const uploads = createUploads(device, facePlan.voxelCount);
  const meshes = createLayerMeshes(grid, look, (kind, shape, attribute, material) =>
    createGpuRecordMesh(renderer, shape, attribute, material, kind === 'faces' ? faces : arrows),
  );
  function compact({ labels, flow }: ViewData, filter: LayerFilter): boolean {
    const encoder = device.createCommandEncoder({ label: 'viewport compaction' });
    const labelBuffer = uploads.labels(labels);
    faces.encode(encoder, { labels: labelBuffer }, filter);
    const withArrows = flow !== null && filter.showArrows;
    if (withArrows) arrows.encode(encoder, { labels: labelBuffer, flow: uploads.flow(flow) }, filter);
    device.queue.submit([encoder.finish()]);
    meshes.setArrowsVisible(withArrows);
    return withArrows;
  }
  return {
    grid,
    classes,
    group: meshes.group,
    materials: meshes.materials,
    compact,
    async show(data, filter) {
      const withArrows = compact(data, filter);
      // Both are asked for at once: while one is awaited the layer may be disposed of, and its buffers with it.
      const [{ found, voxels, overflow }, arrowCounts] = await Promise.all([
        faces.readCounts(),
        withArrows ? arrows.readCounts() : null,
      ]);
      return { faces: found, voxels, arrows: arrowCounts?.found ?? 0, overflow };
    },
    assertSeam() {
      meshes.faces.assertSeam();
      // Bodies and outlines that were never drawn have nothing to check.
      if (meshes.group.children[1]?.visible) for (const part of meshes.arrows) part.assertSeam();
    },
    dispose() {
      meshes.dispose();
      for (const part of [faces, arrows, uploads]) part.destroy();
    },
  };
}
