import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { afterAll, describe, expect, test } from 'vitest';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { createReferenceNetwork } from '../src/reference/runFrame.ts';
import { solveFrames } from '../tools/ruler/expected.ts';
import { getRulerImages, makeRulerFrames, readPackage } from './support/rulerFixture.ts';

// docs/examples/export_network.py is the example of docs/model-package.md: it must go on working.

const folder = mkdtempSync(path.join(os.tmpdir(), 'occuscope-example-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hasTorch = spawnSync('python3', ['-c', 'import torch, onnx, onnxruntime']).status === 0;

describe.skipIf(!hasTorch)('the worked example (needs python3 with torch, onnx and onnxruntime)', () => {
  test('exports a package that opens and predicts, with a memory that matters', { timeout: 240_000 }, async () => {
    const script = path.resolve(import.meta.dirname, '../docs/examples/export_network.py');
    const { status, stderr } = spawnSync('python3', [script, folder], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const model = readPackage(folder);
    expect(model.manifest.stages.map(({ kind }) => kind)).toEqual([
      'onnx',
      'voxel-pool',
      'memory-warp',
      'onnx',
      'decode',
    ]);
    ort.env.logLevel = 'error';
    const network = await createReferenceNetwork(model, createOrtRuntime(ort, 'node'));
    const frames = makeRulerFrames();
    const images = solveFrames().map(getRulerImages);
    await network.run(frames[0]!, images[0]!);
    const second = await network.run(frames[1]!, images[1]!);
    expect(second.labels).toHaveLength(100 * 100 * 8);
    expect(second.flow).toHaveLength(100 * 100 * 8 * 2);
    expect(new Set(second.labels).size).toBeGreaterThan(1);
    network.reset();
    const alone = await network.run(frames[1]!, images[1]!);
    expect(Buffer.compare(alone.labels, second.labels)).not.toBe(0);
    await network.dispose();
  });
});
