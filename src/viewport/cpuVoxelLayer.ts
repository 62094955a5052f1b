import { compactArrows, planArrowCompaction } from '../reference/arrowCompaction.ts';
import { compactFaces, planFaceCompaction } from '../reference/faceCompaction.ts';
import type { VolumePaletteId } from './palettes.ts';
import type { ViewData, ViewTheme } from './types.ts';
import { createLayerMeshes, type VoxelLayer } from './voxelLayer.ts';
import { createCpuRecordMesh } from './voxelMesh.ts';

/**
 * The layer without WebGPU: the CPU twins compact, three's WebGL2 backend draws the same records.
 * `show` rejects volumes that live on a GPU.
 */
export function createCpuVoxelLayer(
  { grid, classes }: Pick<ViewData, 'grid' | 'classes'>,
  look: { readonly palette: VolumePaletteId; readonly theme: ViewTheme },
): VoxelLayer {
  const facePlan = planFaceCompaction(grid, classes.free);
  const arrowPlan = planArrowCompaction(grid, classes);
  const meshes = createLayerMeshes(grid, look, (_kind, shape, attribute, material) =>
    createCpuRecordMesh(shape, attribute, material),
  );
  return {
    grid,
    classes,
    group: meshes.group,
    materials: meshes.materials,
    async show({ labels, flow }, filter) {
      if ('gpu' in labels || (flow && 'gpu' in flow)) {
        throw new TypeError('A viewport without a GPU context needs labels and flow on the CPU.');
      }
      const faces = compactFaces(labels.cpu, facePlan, filter);
      meshes.faces.setRecords(faces.records);
      const withArrows = flow !== null && filter.showArrows;
      meshes.setArrowsVisible(withArrows);
      const arrows = withArrows ? compactArrows(labels.cpu, flow.cpu, arrowPlan, filter) : null;
      if (arrows) for (const part of meshes.arrows) part.setRecords(arrows.records);
      return { faces: faces.faces, voxels: faces.voxels, arrows: arrows?.arrows ?? 0, overflow: faces.overflow };
    },
    assertSeam() {},
    dispose: meshes.dispose,
  };
}
