import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { planPlaneSweep } from '../src/pipeline/planeSweep.ts';
import { sweepPlanes } from '../src/reference/planeSweep.ts';
import { readPackage } from './support/rulerFixture.ts';

// The shipped networks, as ONNX Runtime's wasm provider runs their parts, against what PyTorch said when they were exported.

const root = path.resolve(import.meta.dirname, '..');
const shapeSchema = z.array(z.int().positive());
const probeSchema = z.object({ shape: shapeSchema, scale: z.number(), offset: z.number() });
const sampleSchema = z.object({ shape: shapeSchema, stride: z.int().positive(), values: z.array(z.number()) });
const sweepSchema = z.object({
  intrinsics: z.array(z.number()),
  egoFromCamera: z.array(z.array(z.number())),
  previousEgoFromEgo: z.array(z.number()),
  inputs: z.object({ current: probeSchema, previous: probeSchema }),
  matches: sampleSchema,
});
const fixtureSchema = z.object({
  inputs: z.record(z.string(), probeSchema),
  outputs: z.record(z.string(), sampleSchema),
  sweep: z.optional(sweepSchema),
});
const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const listSchema = z.object({ models: z.array(z.object({ id: z.string(), hidden: z.boolean().optional() })) });
const shown = listSchema.parse(readJson('public/models/index.json')).models.filter(({ hidden }) => !hidden);

function makeProbe({ shape, scale, offset }: z.infer<typeof probeSchema>): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let k = 0; k < values.length; k++) values[k] = offset + scale * Math.sin(0.37 * k + 0.5 * Math.sin(0.011 * k));
  return values;
}

function expectSample(what: string, data: Float32Array, { stride, values }: z.infer<typeof sampleSchema>): void {
  const largest = Math.max(...values.map(Math.abs));
  for (const [index, value] of values.entries()) {
    const error = Math.abs(data[index * stride]! - value);
    expect(error, `${what}[${index * stride}]`).toBeLessThan(1e-4 + 1e-3 * largest);
  }
}

describe.each(shown)('$id says what PyTorch said', ({ id }) => {
  const fixture = fixtureSchema.parse(readJson(`tests/goldens/${id}.json`));
  const { manifest, files } = readPackage(path.join(root, 'public/models', id));
  const parts = Object.keys(manifest.files).filter((name) => name.endsWith('.onnx'));
  const runtime = createOrtRuntime(ort, 'node');
  const compared = new Set<string>();

  test.each(parts)('%s', { timeout: 120_000 }, async (part) => {
    ort.env.wasm.numThreads = 1;
    const session = await runtime.createSession(part, files.get(part)!, {});
    const feeds = session.signature.inputs.map(({ name }) => {
      const entry = fixture.inputs[name]!;
      return [name, new ort.Tensor('float32', makeProbe(entry), entry.shape)] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    await session.release();
    for (const { name } of session.signature.outputs) {
      const sample = fixture.outputs[name]!;
      expect(results[name]!.dims, name).toEqual(sample.shape);
      expectSample(name, results[name]!.data as Float32Array, sample);
      compared.add(name);
    }
  });

  test('the plane sweep, where there is one', () => {
    const entry = manifest.stages.find((stage) => stage.kind === 'plane-sweep');
    expect(fixture.sweep !== undefined).toBe(entry !== undefined);
    if (!entry || !fixture.sweep) return;
    const { intrinsics, egoFromCamera, previousEgoFromEgo, inputs, matches } = fixture.sweep;
    const plan = planPlaneSweep(entry, inputs.current.shape);
    expect(plan.outShape).toEqual(matches.shape);
    const cameras = egoFromCamera.map((pose) => ({
      intrinsics: Float64Array.from(intrinsics),
      egoFromCamera: Float64Array.from(pose),
    }));
    const [width, height] = manifest.images.size;
    const geometry = {
      width,
      height,
      cameras,
      previousCameras: cameras,
      previousEgoFromEgo: Float64Array.from(previousEgoFromEgo),
    };
    const found = sweepPlanes(plan, geometry, makeProbe(inputs.current), makeProbe(inputs.previous));
    expect(found.some((value) => value !== 0)).toBe(true);
    expectSample('matches', found, matches);
  });

  test('every output was compared', () => {
    expect([...compared].sort()).toEqual(Object.keys(fixture.outputs).sort());
  });
});
