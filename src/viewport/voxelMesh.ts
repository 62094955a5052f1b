import {
  BufferGeometry,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  type NodeMaterial,
  type WebGPURenderer,
} from 'three/webgpu';
import { adoptBuffer, assertAdopted, createIndirectArguments } from './threeSeam.ts';

/** Buffers of a compaction that a mesh draws from. */
interface DrawBuffers {
  readonly records: GPUBuffer;
  readonly drawArguments: GPUBuffer;
}

/** Instances of one small geometry, one for each two-word record. */
export interface RecordMesh {
  readonly mesh: Mesh;
  /** Show records from the CPU (WebGL2); `count` of them. Not for meshes made from GPU buffers. */
  setRecords(records: Uint32Array<ArrayBuffer>): void;
  /** After the first render: throws when three did not draw from our buffers. */
  assertSeam(): void;
  dispose(): void;
}

/** The unit quad of a voxel face: x along u, y along v. */
export function createQuad(): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0], 3));
  geometry.setIndex([0, 1, 2, 2, 1, 3]);
  return geometry;
}

function instantiate(
  shape: BufferGeometry,
  name: string,
  attribute: InstancedBufferAttribute,
): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry();
  for (const [key, value] of Object.entries(shape.attributes)) geometry.setAttribute(key, value);
  geometry.setIndex(shape.index);
  geometry.setAttribute(name, attribute);
  return geometry;
}

function createMesh(geometry: InstancedBufferGeometry, material: NodeMaterial): Mesh {
  const mesh = new Mesh(geometry, material);
  // The geometry's own bounds are those of one instance.
  mesh.frustumCulled = false;
  mesh.matrixAutoUpdate = false;
  return mesh;
}

/** Instances read from GPU buffers, drawn indirectly: nothing passes through the CPU. */
export function createGpuRecordMesh(
  renderer: WebGPURenderer,
  shape: BufferGeometry,
  attributeName: string,
  material: NodeMaterial,
  buffers: DrawBuffers,
): RecordMesh {
  // three allocates no GPU memory for this attribute: the array only tells it the format.
  const attribute = new InstancedBufferAttribute(new Uint32Array(2), 2);
  adoptBuffer(renderer, attribute, buffers.records);
  const geometry = instantiate(shape, attributeName, attribute);
  geometry.instanceCount = Number.POSITIVE_INFINITY;
  const indirect = createIndirectArguments(renderer, buffers.drawArguments);
  geometry.setIndirect(indirect);
  return {
    mesh: createMesh(geometry, material),
    setRecords() {
      throw new Error('This mesh draws from GPU buffers.');
    },
    assertSeam() {
      assertAdopted(renderer, attribute, buffers.records);
      assertAdopted(renderer, indirect, buffers.drawArguments);
    },
    dispose: () => geometry.dispose(),
  };
}

/** Instances uploaded from the CPU: the WebGL2 path. The buffer grows by doubling. */
export function createCpuRecordMesh(shape: BufferGeometry, attributeName: string, material: NodeMaterial): RecordMesh {
  let attribute = new InstancedBufferAttribute(new Uint32Array(2 * 1024), 2);
  const mesh = createMesh(instantiate(shape, attributeName, attribute), material);
  const geometry = () => mesh.geometry as InstancedBufferGeometry;
  geometry().instanceCount = 0;
  mesh.visible = false;
  return {
    mesh,
    setRecords(records) {
      const count = records.length / 2;
      if (count > attribute.count) {
        geometry().dispose();
        attribute = new InstancedBufferAttribute(new Uint32Array(records.length * 2), 2);
        mesh.geometry = instantiate(shape, attributeName, attribute);
      }
      (attribute.array as Uint32Array).set(records);
      attribute.clearUpdateRanges();
      attribute.addUpdateRange(0, records.length);
      attribute.needsUpdate = true;
      geometry().instanceCount = count;
      mesh.visible = count > 0;
    },
    assertSeam() {},
    dispose: () => geometry().dispose(),
  };
}
