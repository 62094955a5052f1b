import {
  attribute,
  clamp,
  float,
  fwidth,
  max,
  mix,
  positionGeometry,
  select,
  smoothstep,
  uint,
  uniform,
  uniformArray,
  varying,
  vec3,
  vec4,
} from 'three/tsl';
import { Color, MeshBasicNodeMaterial, type Node, Vector3 } from 'three/webgpu';
import type { GridSpec } from '../domain/geometry.ts';
import { paletteColour, type VolumePaletteId } from './palettes.ts';

/** Name of the instanced attribute that holds two u32 per face (layout: src/reference/faceCompaction.ts). */
export const FACE_ATTRIBUTE = 'face';

/** How much light each face gets, linear: -x +x -y +y -z +z. The sun stands ahead, left and above of the ego. */
const FACE_LIGHT = [0.5, 0.78, 0.42, 0.64, 0.3, 1.0];

const OUTLINE_WIDTH = 0.06;
const SEAM_WIDTH = 0.022;

/** The material of all voxel faces with its few uniforms. */
export interface VoxelMaterial {
  readonly material: MeshBasicNodeMaterial;
  setPalette(id: VolumePaletteId): void;
  setGrid(grid: GridSpec): void;
}

type Scalar = Node<'float'>;

/** Openness of the four corners blended over the face, then mapped to a light factor. */
function shadeCorners(shade: Node<'uint'>, u: Scalar, v: Scalar): Scalar {
  const corner = (index: number) => varying(float(shade.shiftRight(uint(2 * index)).bitAnd(uint(3))).div(3));
  const near = mix(corner(0), corner(1), u);
  const far = mix(corner(2), corner(3), u);
  const openness = mix(near, far, v);
  return mix(float(0.36), float(1), openness.mul(openness.oneMinus().mul(0.5).add(1)));
}

/** Darkening along the face's edges, one pixel or `width` voxels wide, antialiased by derivatives and faded far away. */
function shadeEdges(shade: Node<'uint'>, u: Scalar, v: Scalar): Scalar {
  const outline = (index: number) => varying(float(shade.shiftRight(uint(8 + index)).bitAnd(uint(1))));
  const distances: [Scalar, Scalar][] = [
    [u, fwidth(u)],
    [u.oneMinus(), fwidth(u)],
    [v, fwidth(v)],
    [v.oneMinus(), fwidth(v)],
  ];
  const lines = distances.map(([distance, pixel], index) => {
    const bold = outline(index);
    const width = max(mix(float(SEAM_WIDTH), float(OUTLINE_WIDTH), bold), pixel.mul(0.7));
    const coverage = clamp(width.sub(distance).div(pixel).add(0.5), 0, 1);
    const fade = smoothstep(float(0.34), float(0.08), pixel);
    return coverage.mul(fade).mul(mix(float(0.13), float(0.5), bold));
  });
  return max(max(lines[0]!, lines[1]!), max(lines[2]!, lines[3]!)).oneMinus();
}

/**
 * Lit voxel faces: flat light per face direction, corner occlusion, outlines, one colour per class.
 * Reads only the face records, so the same material draws on WebGPU and on WebGL2.
 */
export function createVoxelMaterial(grid: GridSpec, palette: VolumePaletteId): VoxelMaterial {
  const colours = Array.from({ length: 32 }, () => new Color());
  const lower = uniform(new Vector3());
  const voxel = uniform(new Vector3());
  const size = uniform(new Vector3(1, 1, 1));
  const colourArray = uniformArray<'color'>(colours, 'color');
  const lightArray = uniformArray<'float'>([...FACE_LIGHT, 0, 0], 'float');

  const record = attribute<'uvec2'>(FACE_ATTRIBUTE, 'uvec2');
  const index = record.x.bitAnd(uint(0xffffff));
  const face = record.x.shiftRight(uint(24)).bitAnd(uint(7));
  const label = record.x.shiftRight(uint(27));
  const sizeY = uint(size.y);
  const sizeZ = uint(size.z);
  const column = index.div(sizeZ);
  const cell = vec3(float(column.div(sizeY)), float(column.mod(sizeY)), float(index.mod(sizeZ)));

  const axis = face.div(uint(2));
  const isPositive = face.bitAnd(uint(1)).equal(uint(1));
  // Mirrored on faces that look down their axis, so that all quads wind outwards.
  const u = select(isPositive, positionGeometry.x, positionGeometry.x.oneMinus());
  const v = positionGeometry.y;
  const along = select(isPositive, float(1), float(0));
  const isX = axis.equal(uint(0));
  const isY = axis.equal(uint(1));
  const corner = select(isX, vec3(along, u, v), select(isY, vec3(v, along, u), vec3(u, v, along)));

  const material = new MeshBasicNodeMaterial();
  material.positionNode = cell.add(corner).mul(voxel).add(lower);
  const surfaceU = varying(u);
  const surfaceV = varying(v);
  const base = varying(colourArray.element(label).mul(lightArray.element(face)));
  const height = varying(mix(float(0.9), float(1.06), cell.z.div(size.z)));
  const shaded = base
    .mul(height)
    .mul(shadeCorners(record.y, surfaceU, surfaceV))
    .mul(shadeEdges(record.y, surfaceU, surfaceV));
  material.colorNode = vec4(shaded, 1);

  const result: VoxelMaterial = {
    material,
    setPalette(id) {
      for (const [entry, colour] of colours.entries()) {
        const [red, green, blue] = paletteColour(id, entry);
        colour.setRGB(red / 255, green / 255, blue / 255, 'srgb');
      }
    },
    setGrid(next) {
      lower.value.fromArray(next.lower);
      voxel.value.fromArray(next.voxel);
      size.value.fromArray(next.size);
    },
  };
  result.setPalette(palette);
  result.setGrid(grid);
  return result;
}
