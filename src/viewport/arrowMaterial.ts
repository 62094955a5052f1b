import {
  atan,
  attribute,
  clamp,
  cross,
  float,
  length,
  mix,
  normalGeometry,
  positionGeometry,
  select,
  uint,
  uniform,
  unpackHalf2x16,
  varying,
  vec2,
  vec3,
  vec4,
} from 'three/tsl';
import {
  BackSide,
  BufferGeometry,
  Color,
  ConeGeometry,
  CylinderGeometry,
  Float32BufferAttribute,
  MeshBasicNodeMaterial,
  type Node,
  Vector3,
} from 'three/webgpu';
import type { GridSpec } from '../domain/geometry.ts';
import type { ViewTheme } from './types.ts';

/** Name of the instanced attribute that holds two u32 per arrow (layout: src/reference/arrowCompaction.ts). */
export const ARROW_ATTRIBUTE = 'arrow';

/** An arrow is as long as the way its voxel goes in this time, seconds (kept between 1.1 m and 9 m). */
export const ARROW_SECONDS = 0.3;

const SHAFT_RADIUS = 0.085;
const HEAD_RADIUS = 0.26;
const HEAD_LENGTH = 0.7;
/** Slow things keep a legible arrow, fast ones do not cross the street; metres. */
const SHORTEST = 1.1;
const LONGEST = 9;
const OUTLINE = 0.055;

/** Unit arrow along +x: the shaft (`part` 0) from x = 0 to 1, the head (`part` 1) from x = 0 to 1, joined in the shader. */
export function createArrowShape(): BufferGeometry {
  const shaft = new CylinderGeometry(SHAFT_RADIUS, SHAFT_RADIUS, 1, 8, 1);
  const head = new ConeGeometry(HEAD_RADIUS, 1, 12, 1);
  const positions: number[] = [];
  const normals: number[] = [];
  const parts: number[] = [];
  const indices: number[] = [];
  for (const [part, source] of [shaft, head].entries()) {
    const start = parts.length;
    const position = source.getAttribute('position');
    const normal = source.getAttribute('normal');
    for (let i = 0; i < position.count; i++) {
      // three's cylinders stand along y; ours point along x.
      positions.push(position.getY(i) + 0.5, position.getZ(i), position.getX(i));
      normals.push(normal.getY(i), normal.getZ(i), normal.getX(i));
      parts.push(part);
    }
    for (const index of source.index!.array) indices.push(start + index);
    source.dispose();
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('normal', new Float32BufferAttribute(normals, 3));
  geometry.setAttribute('part', new Float32BufferAttribute(parts, 1));
  geometry.setAttribute('outward', new Float32BufferAttribute(smoothNormals(positions, normals, parts), 3));
  geometry.setIndex(indices);
  return geometry;
}

/** Normals averaged over the vertices that share a place, so that the inflated hull has no gaps at its rims. */
function smoothNormals(positions: readonly number[], normals: readonly number[], parts: readonly number[]): number[] {
  const keyOf = (vertex: number) =>
    [parts[vertex], ...positions.slice(3 * vertex, 3 * vertex + 3).map((value) => Math.round(value * 1e4))].join();
  const sums = new Map<string, Vector3>();
  for (let vertex = 0; vertex < parts.length; vertex++) {
    const sum = sums.get(keyOf(vertex)) ?? new Vector3();
    sums.set(keyOf(vertex), sum.add(new Vector3().fromArray(normals, 3 * vertex)));
  }
  for (const sum of sums.values()) sum.normalize();
  return parts.flatMap((_part, vertex) => sums.get(keyOf(vertex))!.toArray());
}

/** The two materials of the arrows: coloured bodies, and a thin hull behind them that outlines each. */
export interface ArrowMaterials {
  readonly body: MeshBasicNodeMaterial;
  readonly outline: MeshBasicNodeMaterial;
  setGrid(grid: GridSpec): void;
  setTheme(theme: ViewTheme): void;
}

interface ArrowFrame {
  readonly position: Node<'vec3'>;
  readonly normal: Node<'vec3'>;
  readonly velocity: Node<'vec2'>;
}

/** Place a unit arrow over its anchor voxel, along its velocity; `inflate` metres moves the surface outwards. */
function placeArrow(lower: Node<'vec3'>, voxel: Node<'vec3'>, size: Node<'vec3'>, inflate: number): ArrowFrame {
  const record = attribute<'uvec2'>(ARROW_ATTRIBUTE, 'uvec2');
  const index = record.x.bitAnd(uint(0xffffff));
  const sizeY = uint(size.y);
  const sizeZ = uint(size.z);
  const column = index.div(sizeZ);
  const cell = vec3(float(column.div(sizeY)), float(column.mod(sizeY)), float(index.mod(sizeZ)));
  const tail = cell
    .add(vec3(0.5, 0.5, 1))
    .mul(voxel)
    .add(lower)
    .add(vec3(0, 0, HEAD_RADIUS + OUTLINE));

  const velocity = vec2(unpackHalf2x16(record.y) as unknown as Node<'vec2'>);
  const speed = length(velocity);
  const forward = vec3(velocity.div(speed.max(1e-6)), 0);
  const side = cross(vec3(0, 0, 1), forward);
  const reach = clamp(speed.mul(ARROW_SECONDS), SHORTEST, LONGEST);
  const shaftLength = reach.sub(HEAD_LENGTH);
  const isHead = attribute<'float'>('part', 'float').greaterThan(0.5);
  const outward = attribute<'vec3'>('outward', 'vec3').mul(inflate * 1.3);
  const grown = positionGeometry.add(vec3(0, outward.yz));
  const cap = outward.x;
  const alongPart = select(isHead, shaftLength.add(grown.x.mul(HEAD_LENGTH)), grown.x.mul(shaftLength)).add(cap);
  const across = side.mul(grown.y);
  return {
    position: tail
      .add(forward.mul(alongPart))
      .add(across)
      .add(vec3(0, 0, grown.z)),
    normal: forward
      .mul(normalGeometry.x)
      .add(side.mul(normalGeometry.y))
      .add(vec3(0, 0, normalGeometry.z)),
    velocity,
  };
}

/** The colour wheel of `flowColour` in palettes.ts, as linear light. */
function wheelColour(velocity: Node<'vec2'>): Node<'vec3'> {
  const hue = atan(velocity.y, velocity.x)
    .add(Math.PI)
    .div(2 * Math.PI);
  const wheel = vec3(hue, hue.add(2 / 3), hue.add(1 / 3))
    .fract()
    .mul(6)
    .sub(3)
    .abs()
    .sub(1);
  const display = clamp(wheel, 0, 1);
  return display.mul(display).mul(display.mul(0.305).add(0.682)).add(display.mul(0.0125));
}

/** Arrows read only their records, so the same materials draw on WebGPU and on WebGL2. */
export function createArrowMaterials(grid: GridSpec, theme: ViewTheme): ArrowMaterials {
  const lower = uniform(new Vector3());
  const voxel = uniform(new Vector3());
  const size = uniform(new Vector3(1, 1, 1));
  const outlineColour = uniform(new Color());

  const body = new MeshBasicNodeMaterial();
  const bodyFrame = placeArrow(lower, voxel, size, 0);
  body.positionNode = bodyFrame.position;
  const light = mix(float(0.62), float(1), bodyFrame.normal.z.mul(0.5).add(0.5));
  body.colorNode = vec4(varying(wheelColour(bodyFrame.velocity).mul(light)), 1);

  const outline = new MeshBasicNodeMaterial({ side: BackSide });
  outline.positionNode = placeArrow(lower, voxel, size, OUTLINE).position;
  outline.colorNode = vec4(outlineColour, 1);

  const result: ArrowMaterials = {
    body,
    outline,
    setGrid(next) {
      lower.value.fromArray(next.lower);
      voxel.value.fromArray(next.voxel);
      size.value.fromArray(next.size);
    },
    setTheme: (next) => void outlineColour.value.set(next === 'dark' ? '#ffffff' : '#14161a'),
  };
  result.setGrid(grid);
  result.setTheme(theme);
  return result;
}
