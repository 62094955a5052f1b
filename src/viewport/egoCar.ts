import {
  type BufferGeometry,
  CylinderGeometry,
  DirectionalLight,
  ExtrudeGeometry,
  Group,
  HemisphereLight,
  Mesh,
  MeshStandardNodeMaterial,
  Shape,
} from 'three/webgpu';
import type { ThemeColours } from './themes.ts';

/** Size of a small hatchback, metres; the ego origin lies on the ground under the rear axle's middle, as in nuScenes. */
const WHEELBASE = 2.59;
const WIDTH = 1.73;
const WHEEL_RADIUS = 0.32;

type Outline = readonly (readonly [number, number])[];

/** Side views as (x, z) in metres. */
const BODY: Outline = [
  [-0.62, 0.28],
  [-0.68, 0.75],
  [-0.55, 0.98],
  [2.1, 0.95],
  [3.1, 0.8],
  [3.28, 0.6],
  [3.24, 0.28],
];
const GLASS: Outline = [
  [-0.5, 0.96],
  [-0.2, 1.42],
  [1.35, 1.44],
  [2.15, 0.94],
];
const ROOF: Outline = [
  [-0.22, 1.44],
  [-0.1, 1.52],
  [1.1, 1.52],
  [1.32, 1.46],
];

/** Extrude a side view across the car's width, centred on y = 0, with rounded edges. */
function extrudeSideView(outline: Outline, width: number, bevel: number): BufferGeometry {
  const shape = new Shape();
  outline.forEach(([x, z], index) => void (index === 0 ? shape.moveTo(x, z) : shape.lineTo(x, z)));
  shape.closePath();
  const geometry = new ExtrudeGeometry(shape, {
    depth: width - 2 * bevel,
    bevelEnabled: true,
    bevelThickness: bevel,
    bevelSize: bevel * 0.6,
    bevelSegments: 3,
  });
  geometry.rotateX(Math.PI / 2);
  geometry.translate(0, width / 2 - bevel, 0);
  return geometry;
}

/**
 * A plain hatchback at the ego origin, with the lights that only it needs.
 * It stands on `roadTop`, the top of the voxels that hold z = 0, or they would swallow its wheels.
 */
export function createEgoCar(colours: ThemeColours, roadTop: number): { group: Group; dispose(): void } {
  const group = new Group();
  group.position.z = roadTop;
  const paint = new MeshStandardNodeMaterial({ color: colours.carBody, roughness: 0.45, metalness: 0.1 });
  const glass = new MeshStandardNodeMaterial({ color: colours.carGlass, roughness: 0.15, metalness: 0.3 });
  const rubber = new MeshStandardNodeMaterial({ color: '#17191d', roughness: 0.9 });
  const lamp = new MeshStandardNodeMaterial({ color: '#fff6d8', emissive: '#fff0c0', emissiveIntensity: 0.8 });
  const tail = new MeshStandardNodeMaterial({ color: '#d0202a', emissive: '#b01018', emissiveIntensity: 0.8 });
  group.add(new Mesh(extrudeSideView(BODY, WIDTH, 0.16), paint));
  group.add(new Mesh(extrudeSideView(GLASS, WIDTH - 0.2, 0.14), glass));
  group.add(new Mesh(extrudeSideView(ROOF, WIDTH - 0.42, 0.1), paint));
  for (const y of [-1, 1]) {
    for (const x of [0, WHEELBASE]) {
      const wheel = new Mesh(new CylinderGeometry(WHEEL_RADIUS, WHEEL_RADIUS, 0.2, 24), rubber);
      wheel.position.set(x, (y * (WIDTH - 0.14)) / 2, WHEEL_RADIUS);
      group.add(wheel);
    }
    const headlight = new Mesh(new CylinderGeometry(0.11, 0.11, 0.28, 16), lamp);
    headlight.position.set(3.24, y * 0.6, 0.68);
    const rearLight = new Mesh(new CylinderGeometry(0.08, 0.08, 0.26, 16), tail);
    rearLight.position.set(-0.7, y * 0.66, 0.84);
    group.add(headlight, rearLight);
  }
  const sun = new DirectionalLight('#ffffff', 2.4);
  sun.position.set(20, 14, 40);
  group.add(new HemisphereLight('#ffffff', '#6c7280', 1.5), sun);
  return {
    group,
    dispose() {
      group.traverse((object) => {
        if (object instanceof Mesh) object.geometry.dispose();
      });
      for (const material of [paint, glass, rubber, lamp, tail]) material.dispose();
    },
  };
}
