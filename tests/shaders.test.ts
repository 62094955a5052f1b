import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../src/domain/classes.ts';
import { createStorageBuffer } from '../src/gpu/buffers.ts';
import type { GpuContext } from '../src/gpu/device.ts';
import { createConfusionCounter } from '../src/metrics/confusionKernel.ts';
import { createDifferencePass } from '../src/metrics/differenceKernel.ts';
import { createRayCaster } from '../src/metrics/rayKernel.ts';
import { createCameraRays, planCameraRays, RAY_CHANNELS } from '../src/pipeline/cameraRays.ts';
import { createDecode, planDecode } from '../src/pipeline/decode.ts';
import { createMemoryWarp, planMemoryWarp } from '../src/pipeline/memoryWarp.ts';
import { createPlaneSweep, planPlaneSweep } from '../src/pipeline/planeSweep.ts';
import { createVoxelPool, planVoxelPool } from '../src/pipeline/voxelPool.ts';
import { createPreprocess } from '../src/preprocess/createPreprocess.ts';
import { planPreprocess } from '../src/preprocess/plan.ts';
import { planArrowCompaction } from '../src/reference/arrowCompaction.ts';
import { planConfusion } from '../src/reference/confusion.ts';
import { planFaceCompaction } from '../src/reference/faceCompaction.ts';
import { planRayCast } from '../src/reference/rayCast.ts';
import { createArrowCompaction, createFaceCompaction } from '../src/viewport/compaction.ts';
import { describeGpu } from './support/gpu.ts';
import { createRecordingContext, type RecordedResource } from './support/recordingDevice.ts';
import { ResourceType, WgslReflect } from './support/wgslReflect.ts';

const root = path.join(import.meta.dirname, '..');
const shaders = findFiles('shaders', '.wgsl').map((file) => ({
  file,
  wgsl: readFileSync(path.join(root, file), 'utf8'),
}));
const sources = findFiles('src', '.ts').concat(findFiles('src', '.tsx'));

function findFiles(folder: string, ending: string): string[] {
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .sort();
}

const grid = { lower: [-4, -4, -1], voxel: [1, 1, 1], size: [8, 8, 4] } as const;

/**
 * Create and encode everything that binds a shader. A new kernel is added here; the tests below fail for a shader that is not.
 * The pooling grid is large enough to need two levels of prefix sums.
 */
function bindEverything(context: GpuContext): void {
  const { device } = context;
  const encoder = device.createCommandEncoder();
  const buffer = () => createStorageBuffer(device, 'borrowed', 1 << 20);
  const large = { lower: [-4, -4, -1], voxel: [0.1, 0.1, 1], size: [80, 80, 1] } as const;
  const pool = planVoxelPool(
    {
      kind: 'voxel-pool',
      depth: 'depth',
      context: 'context',
      out: 'out',
      depths: [1, 2],
      depthLayout: 'ndhw',
      contextLayout: 'nhwc',
      pixels: 'centres',
      index: 'floor',
      filling: 'soft',
      grid: large,
      outLayout: 'zyxc',
    },
    [1, 2, 3, 4],
    [1, 3, 4, 5],
  );
  createVoxelPool(context, pool, { depth: buffer(), context: buffer(), out: buffer() }).encode(encoder);
  const warp = planMemoryWarp(
    {
      kind: 'memory-warp',
      in: 'in',
      out: 'out',
      dimensions: 3,
      layout: 'czyx',
      grid,
      index: 'centre',
      padding: 'zeros',
    },
    [1, 2, 4, 8, 8],
  );
  createMemoryWarp(context, warp, { in: buffer(), out: buffer() }).encode(encoder);
  const sweep = planPlaneSweep(
    { kind: 'plane-sweep', in: 'in', out: 'out', depths: [1, 2], pixels: 'centres' },
    [1, 3, 4, 8],
  );
  createPlaneSweep(context, sweep, { current: buffer(), previous: buffer(), out: buffer() }).encode(encoder);
  const rays = planCameraRays(
    { kind: 'camera-rays', out: 'rays', size: [4, 3], channels: [...RAY_CHANNELS] },
    1,
    [16, 12],
  );
  createCameraRays(context, rays, { out: buffer() }).encode(encoder);
  const decode = planDecode(
    { kind: 'decode', logits: 'logits', layout: 'czyx', dropFirst: false, free: 17, flow: 'flow', flowLayout: 'cyx' },
    new Map([
      ['logits', [18, 4, 8, 8]],
      ['flow', [2, 8, 8]],
    ]),
    grid,
  );
  const outputs = { labels: buffer(), flowOut: buffer() };
  createDecode(context, decode, { logits: buffer(), occupancy: null, flow: buffer(), ...outputs }).encode(encoder);
  const factored = planDecode(
    {
      kind: 'decode',
      logits: 'classes',
      layout: 'gcyx',
      dropFirst: false,
      free: 17,
      occupancy: 'occupancy',
      occupancyLayout: 'zyx',
      heightGroups: [0, 0, 1, 1],
    },
    new Map([
      ['classes', [2, 17, 8, 8]],
      ['occupancy', [4, 8, 8]],
    ]),
    grid,
  );
  createDecode(context, factored, {
    logits: buffer(),
    occupancy: buffer(),
    flow: null,
    labels: buffer(),
    flowOut: null,
  }).encode(encoder);
  const images = {
    size: [8, 4],
    fit: 'width-keep-bottom',
    mean: [0, 0, 0],
    std: [1, 1, 1],
    channels: 'rgb',
    scale: 1,
  } as const;
  const preprocess = createPreprocess(context, planPreprocess(images, 16, 10), { images: buffer() });
  preprocess.upload(0, { width: 16, height: 10, pixels: new Uint8ClampedArray(16 * 10 * 4) });
  preprocess.encode(encoder);
  const filter = { visibleClasses: 1, firstSlice: 0, lastSlice: 3 };
  createFaceCompaction(device, planFaceCompaction(grid, 17)).encode(encoder, { labels: buffer() }, filter);
  const arrows = createArrowCompaction(device, planArrowCompaction(grid, OCC3D_CLASSES), 6);
  arrows.encode(encoder, { labels: buffer(), flow: buffer() }, filter);
  const compared = { truth: buffer(), prediction: buffer(), mask: buffer() };
  createConfusionCounter(device, planConfusion(18, 256)).encode(encoder, compared);
  createDifferencePass(device, 256, 17).encode(encoder, compared);
  const directions = Float32Array.of(1, 0, 0, 0, 1, 0);
  createRayCaster(device, planRayCast(grid, 17, directions), 18).encode(encoder, compared, [0, 0, 0]);
}

function recordKernels() {
  const { context, kernels } = createRecordingContext();
  bindEverything(context);
  return kernels;
}

const STORAGE = 0x80;
const UNIFORM = 0x40;

function fits(resource: RecordedResource, type: number): boolean {
  if (type === ResourceType.Texture) return resource.kind === 'texture';
  const needed = type === ResourceType.Uniform ? UNIFORM : STORAGE;
  return resource.kind === 'buffer' && (resource.usage & needed) !== 0;
}

describe.each(shaders)('$file', ({ file, wgsl }) => {
  const header = /^(\/\/.*\n)+/.exec(wgsl)?.[0] ?? '';
  const reflection = new WgslReflect(wgsl);
  const groups = reflection.getBindGroups();

  test('has a header with purpose, bindings, dispatch, twin and tolerance', () => {
    for (const section of ['Purpose:', 'Bindings:', 'Dispatch:', 'CPU twin:', 'Tolerance:'])
      expect(header).toContain(section);
  });

  test('names a CPU twin that exists', () => {
    const [, twin, name] = /CPU twin: (src\/reference\/\w+\.ts)(?: (\w+))?/.exec(header) ?? [];
    expect(existsSync(path.join(root, twin ?? 'missing'))).toBe(true);
    if (name) expect(readFileSync(path.join(root, twin!), 'utf8')).toMatch(new RegExp(`function ${name}\\b`));
  });

  test('has one entry point, main, and bindings numbered from 0 in group 0 as the header lists them', () => {
    expect(reflection.entry.compute.map(({ name }) => name)).toEqual(['main']);
    expect(groups.length).toBe(1);
    groups[0]!.forEach((binding, index) => {
      expect(binding.binding).toBe(index);
      expect(header).toMatch(new RegExp(`\\b${index} ${binding.name}\\b`));
    });
  });

  test('is imported by TypeScript, which binds what it declares and sets the constants it needs', () => {
    const importers = sources.filter((source) => readFileSync(path.join(root, source), 'utf8').includes(`${file}?raw`));
    expect(importers.length).toBeGreaterThan(0);
    const kernels = recordKernels().filter((kernel) => kernel.wgsl === wgsl);
    expect(kernels.length, 'bindEverything in tests/shaders.test.ts creates it').toBeGreaterThan(0);
    for (const { groups: bound, constants } of kernels) {
      expect(bound.length).toBeGreaterThan(0);
      for (const resources of bound) {
        expect(resources.length).toBe(groups[0]!.length);
        resources.forEach((resource, index) => {
          const declared = groups[0]![index]!;
          expect(fits(resource, declared.resourceType), `binding ${index} ${declared.name}`).toBe(true);
        });
      }
      const declared = reflection.overrides.map(({ name }) => name);
      const needed = declared.filter((name) => new RegExp(`override ${name}: \\w+;`).test(wgsl));
      expect(Object.keys(constants).filter((name) => !declared.includes(name))).toEqual([]);
      expect(needed.filter((name) => !(name in constants))).toEqual([]);
    }
  });
});

describeGpu('every shader compiles', (getContext) => {
  test.each(shaders)('$file', async ({ wgsl }) => {
    const info = await getContext().device.createShaderModule({ code: wgsl }).getCompilationInfo();
    expect(info.messages.map(({ type, lineNum, message }) => `${type} ${lineNum}: ${message}`)).toEqual([]);
  });
  test('every pipeline and bind group is valid on the device', async () => {
    const { device } = getContext();
    device.pushErrorScope('validation');
    bindEverything(getContext());
    expect((await device.popErrorScope())?.message).toBeUndefined();
  });
});
