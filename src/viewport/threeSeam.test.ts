import { BufferAttribute, InstancedBufferAttribute, REVISION, WebGPUBackend } from 'three/webgpu';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { adoptBuffer, assertAdopted, createIndirectArguments } from './threeSeam.ts';

/** A backend without a device: enough to see what three does with buffers that are already there. */
function makeRenderer() {
  const backend = new WebGPUBackend({}) as unknown as {
    device: unknown;
    createAttribute(attribute: BufferAttribute): void;
    createIndirectStorageAttribute(attribute: BufferAttribute): void;
    get(key: object): { buffer?: unknown };
  };
  const createBuffer = vi.fn(() => ({
    getMappedRange: () => new ArrayBuffer(64),
    unmap: () => undefined,
  }));
  backend.device = { createBuffer };
  return { renderer: { backend } as never, backend, createBuffer };
}

describe('the seam into three', () => {
  beforeAll(
    () => void vi.stubGlobal('GPUBufferUsage', { VERTEX: 32, STORAGE: 128, INDIRECT: 256, COPY_SRC: 4, COPY_DST: 8 }),
  );
  afterAll(() => void vi.unstubAllGlobals());

  test('three is the revision that the seam was tried with', () => {
    // On an upgrade run e2e/viewport.spec.ts first; raise this number when the pictures are still right.
    expect(REVISION).toBe('187');
  });

  test('a seeded vertex buffer is kept, and no other is made', () => {
    const { renderer, backend, createBuffer } = makeRenderer();
    const buffer = { label: 'ours' } as unknown as GPUBuffer;
    const attribute = new InstancedBufferAttribute(new Uint32Array(2), 2);
    adoptBuffer(renderer, attribute, buffer);
    backend.createAttribute(attribute);
    expect(createBuffer).not.toHaveBeenCalled();
    expect(() => assertAdopted(renderer, attribute, buffer)).not.toThrow();
  });

  test('seeded indirect arguments are kept', () => {
    const { renderer, backend, createBuffer } = makeRenderer();
    const buffer = { label: 'ours' } as unknown as GPUBuffer;
    const attribute = createIndirectArguments(renderer, buffer);
    backend.createIndirectStorageAttribute(attribute);
    expect(createBuffer).not.toHaveBeenCalled();
    assertAdopted(renderer, attribute, buffer);
  });

  test('an attribute that three filled itself is noticed', () => {
    const { renderer, backend, createBuffer } = makeRenderer();
    const attribute = new BufferAttribute(new Uint32Array(2), 2);
    backend.createAttribute(attribute);
    expect(createBuffer).toHaveBeenCalledOnce();
    expect(() => assertAdopted(renderer, attribute, {} as GPUBuffer)).toThrow(/three\.js changed/);
  });

  test('a renderer without a backend store is refused', () => {
    expect(() =>
      adoptBuffer({ backend: {} } as never, new BufferAttribute(new Uint32Array(2), 2), {} as never),
    ).toThrow(/three\.js changed/);
  });
});
