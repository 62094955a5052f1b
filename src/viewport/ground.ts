import { abs, clamp, float, fwidth, length, max, positionLocal, smoothstep, uniform, vec4 } from 'three/tsl';
import {
  Color,
  CylinderGeometry,
  DoubleSide,
  Group,
  Mesh,
  MeshBasicNodeMaterial,
  type Node,
  PlaneGeometry,
  type Sprite,
} from 'three/webgpu';
import type { GridSpec } from '../domain/geometry.ts';
import { createTextSprite, disposeTextSprite, sizeTextSprite } from './textSprite.ts';
import type { ThemeColours } from './themes.ts';

/** Road surfaces end at the top of the voxel that holds z = 0; the rings lie just above, in metres. */
const RING_HEIGHT_ABOVE_ROAD = 0.05;
const RING_STEP = 10;

type Scalar = Node<'float'>;

/** Coverage of lines every `spacing` metres along `coordinate`, `pixels` wide, antialiased. */
function drawLines(coordinate: Scalar, spacing: number, pixels: number): Scalar {
  const distance = abs(coordinate.div(spacing).sub(0.5).fract().sub(0.5)).mul(spacing);
  const pixel = fwidth(coordinate).max(1e-5);
  const crowded = smoothstep(float(spacing * 0.1), float(spacing * 0.3), pixel).oneMinus();
  return clamp(float(pixels * 0.5 + 0.5).sub(distance.div(pixel)), 0, 1).mul(crowded);
}

function createFloor(colours: ThemeColours, reach: number): Mesh {
  const material = new MeshBasicNodeMaterial({ transparent: true, depthWrite: false, side: DoubleSide });
  const { x, y } = positionLocal;
  const fine = max(drawLines(x, 2, 1), drawLines(y, 2, 1)).mul(0.1);
  const coarse = max(drawLines(x, RING_STEP, 1.2), drawLines(y, RING_STEP, 1.2)).mul(0.34);
  const fade = smoothstep(float(reach * 1.45), float(reach * 0.8), length(positionLocal.xy));
  material.colorNode = vec4(uniform(new Color(colours.floorLine)), max(fine, coarse).mul(fade));
  return new Mesh(new PlaneGeometry(reach * 3, reach * 3), material);
}

function createRings(colours: ThemeColours, reach: number): Mesh {
  const material = new MeshBasicNodeMaterial({ transparent: true, depthWrite: false });
  const radius = length(positionLocal.xy);
  const inside = smoothstep(float(RING_STEP * 0.5), float(RING_STEP * 0.6), radius);
  const beyond = smoothstep(float(reach + 1), float(reach + 0.5), radius);
  const rings = drawLines(radius, RING_STEP, 1.6).mul(inside).mul(beyond);
  material.colorNode = vec4(uniform(new Color(colours.ring)), rings.mul(0.55));
  const mesh = new Mesh(new PlaneGeometry(reach * 2.1, reach * 2.1), material);
  mesh.renderOrder = 2;
  return mesh;
}

/** Axis arms at the grid's lower corner: x forward red, y left green, z up blue. */
function createAxes(grid: GridSpec, colours: ThemeColours): { group: Group; sprites: Sprite[] } {
  const group = new Group();
  const sprites: Sprite[] = [];
  const arm = 4;
  const axes = [
    { name: 'x', colour: '#f0506e', direction: [1, 0, 0] },
    { name: 'y', colour: '#3ecf6b', direction: [0, 1, 0] },
    { name: 'z', colour: '#4d8dff', direction: [0, 0, 1] },
  ] as const;
  for (const { name, colour, direction } of axes) {
    const geometry = new CylinderGeometry(0.09, 0.09, arm, 8);
    if (name === 'x') geometry.rotateZ(-Math.PI / 2);
    if (name === 'z') geometry.rotateX(Math.PI / 2);
    const mesh = new Mesh(geometry, new MeshBasicNodeMaterial({ color: colour }));
    mesh.position.set((direction[0] * arm) / 2, (direction[1] * arm) / 2, (direction[2] * arm) / 2);
    const sprite = createTextSprite(name, colour, colours.textHalo);
    sprite.position.set(direction[0] * (arm + 0.9), direction[1] * (arm + 0.9), direction[2] * (arm + 0.9));
    group.add(mesh, sprite);
    sprites.push(sprite);
  }
  group.position.set(grid.lower[0] - 1, grid.lower[1] - 1, grid.lower[2]);
  return { group, sprites };
}

/** Top of the voxels that hold z = 0, metres: where road surfaces end on this grid. */
export function computeRoadTop({ lower, voxel }: GridSpec): number {
  return lower[2] + (Math.floor(-lower[2] / voxel[2] + 1e-6) + 1) * voxel[2];
}

/** What `createGround` makes. */
export interface Ground {
  readonly group: Group;
  /** Labels keep their size in a view `height` CSS pixels high with a vertical field of view of `fov` degrees. */
  sizeLabels(height: number, fov: number): void;
  dispose(): void;
}

/** Floor lines under the volume, range rings over the road with their metres, and the axes. */
export function createGround(grid: GridSpec, colours: ThemeColours): Ground {
  const [lowerX, lowerY, lowerZ] = grid.lower;
  const reach = Math.max(
    -lowerX,
    -lowerY,
    lowerX + grid.size[0] * grid.voxel[0],
    lowerY + grid.size[1] * grid.voxel[1],
  );
  const group = new Group();
  const floor = createFloor(colours, reach);
  floor.position.z = lowerZ - 0.05;
  const rings = createRings(colours, reach);
  rings.position.z = computeRoadTop(grid) + RING_HEIGHT_ABOVE_ROAD;
  const { group: axes, sprites } = createAxes(grid, colours);
  group.add(floor, rings, axes);
  for (let metres = RING_STEP; metres <= reach; metres += RING_STEP) {
    for (const [x, y] of [
      [metres, 0],
      [0, -metres],
      [-metres, 0],
      [0, metres],
    ] as const) {
      const sprite = createTextSprite(`${metres} m`, colours.text, colours.textHalo);
      sprite.position.set(x, y, rings.position.z + 0.1);
      group.add(sprite);
      sprites.push(sprite);
    }
  }
  return {
    group,
    sizeLabels(height, fov) {
      for (const sprite of sprites) sizeTextSprite(sprite, height, fov);
    },
    dispose() {
      for (const sprite of sprites) disposeTextSprite(sprite);
      group.traverse((object) => {
        if (!(object instanceof Mesh)) return;
        object.geometry.dispose();
        object.material.dispose();
      });
    },
  };
}
