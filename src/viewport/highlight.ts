import { BufferGeometry, Float32BufferAttribute, Group, LineBasicNodeMaterial, LineSegments } from 'three/webgpu';
import type { GridSpec, Vector3 } from '../domain/geometry.ts';

/** How far the frame stands off its voxel, as a share of an edge. */
const MARGIN = 0.06;

/** The twelve edges of the unit cube from -0.5 to 0.5. */
function createFrame(): BufferGeometry {
  const points: number[] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const [b, c] of [
      [-0.5, -0.5],
      [-0.5, 0.5],
      [0.5, -0.5],
      [0.5, 0.5],
    ] as const) {
      for (const a of [-0.5, 0.5]) {
        const point = [0, 0, 0];
        point[axis] = a;
        point[(axis + 1) % 3] = b;
        point[(axis + 2) % 3] = c;
        points.push(...point);
      }
    }
  }
  return new BufferGeometry().setAttribute('position', new Float32BufferAttribute(points, 3));
}

/** A frame around one voxel, light inside dark so that it shows on every class; drawn over everything. */
export function createHighlight() {
  const geometry = createFrame();
  const lines = [
    { color: '#000000', scale: 1 + 3 * MARGIN },
    { color: '#000000', scale: 1 + MARGIN },
    { color: '#ffffff', scale: 1 + 2 * MARGIN },
  ].map(({ color, scale }) => {
    const material = new LineBasicNodeMaterial({ color, depthTest: false, depthWrite: false, transparent: true });
    const mesh = new LineSegments(geometry, material);
    mesh.scale.setScalar(scale);
    mesh.renderOrder = 10;
    mesh.frustumCulled = false;
    return mesh;
  });
  const object = new Group();
  object.add(...lines);
  object.visible = false;
  return {
    object,
    setCell(grid: GridSpec | null, cell: Vector3 | null): void {
      object.visible = grid !== null && cell !== null;
      if (!grid || !cell) return;
      const centre = (axis: 0 | 1 | 2) => grid.lower[axis] + (cell[axis] + 0.5) * grid.voxel[axis];
      object.position.set(centre(0), centre(1), centre(2));
      object.scale.fromArray(grid.voxel);
    },
    dispose(): void {
      geometry.dispose();
      for (const { material } of lines) material.dispose();
    },
  };
}
