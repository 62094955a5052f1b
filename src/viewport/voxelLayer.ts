import { Group } from 'three/webgpu';
import type { ClassTable } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';
import type { DrawFilter } from '../reference/faceCompaction.ts';
import { ARROW_ATTRIBUTE, type ArrowMaterials, createArrowMaterials, createArrowShape } from './arrowMaterial.ts';
import type { VolumePaletteId } from './palettes.ts';
import type { ViewData, ViewStats, ViewTheme } from './types.ts';
import { createVoxelMaterial, FACE_ATTRIBUTE, type VoxelMaterial } from './voxelMaterial.ts';
import { createQuad, type RecordMesh } from './voxelMesh.ts';

/** What of the volume is shown. */
export interface LayerFilter extends DrawFilter {
  readonly showArrows: boolean;
}

/** The voxels and arrows of one grid and class table, on the GPU path or on the CPU path. */
export interface VoxelLayer {
  readonly group: Group;
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  readonly materials: LayerMaterials;
  /** Compact and show `data`; resolves with the counts once they are known. */
  show(data: ViewData, filter: LayerFilter): Promise<ViewStats>;
  /** After a render: throws when three no longer draws from our buffers. */
  assertSeam(): void;
  dispose(): void;
}

/** Materials that both paths share. */
export interface LayerMaterials {
  setPalette(id: VolumePaletteId): void;
  setTheme(theme: ViewTheme): void;
}

/** Meshes of a layer, built by one path's `makeMesh`, with the group that holds them. */
export interface LayerMeshes {
  readonly group: Group;
  readonly faces: RecordMesh;
  readonly arrows: readonly RecordMesh[];
  readonly materials: LayerMaterials;
  setArrowsVisible(visible: boolean): void;
  dispose(): void;
}

type MakeMesh = (
  kind: 'faces' | 'arrows',
  shape: ReturnType<typeof createQuad>,
  attribute: string,
  material: VoxelMaterial['material'] | ArrowMaterials['body'],
) => RecordMesh;

/** Indices of one arrow: what an indirect draw of arrows needs to know. */
export function countArrowIndices(): number {
  const shape = createArrowShape();
  const count = shape.index!.count;
  shape.dispose();
  return count;
}

/** Build the meshes of a layer; the arrows' outlines come first so that their bodies cover them. */
export function createLayerMeshes(
  grid: GridSpec,
  look: { readonly palette: VolumePaletteId; readonly theme: ViewTheme },
  makeMesh: MakeMesh,
): LayerMeshes {
  const voxelMaterial = createVoxelMaterial(grid, look.palette);
  const arrowMaterials = createArrowMaterials(grid, look.theme);
  const quad = createQuad();
  const arrowShape = createArrowShape();
  const faces = makeMesh('faces', quad, FACE_ATTRIBUTE, voxelMaterial.material);
  const arrows = [arrowMaterials.outline, arrowMaterials.body].map((material) =>
    makeMesh('arrows', arrowShape, ARROW_ATTRIBUTE, material),
  );
  const arrowGroup = new Group();
  arrowGroup.add(...arrows.map(({ mesh }) => mesh));
  const group = new Group();
  group.add(faces.mesh, arrowGroup);
  return {
    group,
    faces,
    arrows,
    materials: { setPalette: voxelMaterial.setPalette, setTheme: arrowMaterials.setTheme },
    setArrowsVisible(visible) {
      arrowGroup.visible = visible;
    },
    dispose() {
      for (const part of [faces, ...arrows]) part.dispose();
      for (const geometry of [quad, arrowShape]) geometry.dispose();
      for (const material of [voxelMaterial.material, arrowMaterials.body, arrowMaterials.outline]) material.dispose();
    },
  };
}
