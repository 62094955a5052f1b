import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseManifest } from '../models/manifest.ts';
import type { ModelPlan } from './planModel.ts';
import { createTensorBuffers } from './tensorBuffers.ts';

const manifest = parseManifest(
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../public/models/ruler/manifest.json'), 'utf8')),
);

const plan = {
  manifest,
  stages: [{ kind: 'decode', plan: { labelBytes: 8, flowBytes: 32, flow: {} } }],
  shapes: new Map([
    ['images', [1, 3, 2, 2]],
    ['memory', [1, 5]],
  ]),
  state: ['memory'],
  voxels: 8,
} as unknown as ModelPlan;

/** A device of `limit` bytes to a buffer that counts what is alive. */
function createFakeDevice(limit: number) {
  const alive = new Set<string>();
  const createBuffer = ({ label, size }: GPUBufferDescriptor) => {
    alive.add(label!);
    return { label, size, destroy: () => alive.delete(label!) };
  };
  const limits = { maxBufferSize: limit, maxStorageBufferBindingSize: limit };
  return { alive, device: { limits, createBuffer } as unknown as GPUDevice };
}

test('state is double: what is read is not what is written', () => {
  const { device } = createFakeDevice(1000);
  const buffers = createTensorBuffers(device, plan);
  expect(buffers.reading('memory')).not.toBe(buffers.writing('memory'));
  expect(buffers.reading('images')).toBe(buffers.writing('images'));
  expect(buffers.byteLength).toBe(48 + 32 + 32 + 16 + 32);
});

test('a tensor over the limit is named, and nothing stays allocated', () => {
  const { alive, device } = createFakeDevice(40);
  expect(() => createTensorBuffers(device, plan)).toThrow(/Tensor "images" has 48 bytes; the device takes 40/);
  expect(alive.size).toBe(0);
  const { alive: rest, device: larger } = createFakeDevice(1000);
  createTensorBuffers(larger, plan).destroy();
  expect(rest.size).toBe(0);
});
