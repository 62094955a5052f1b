import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeWays, measureWays } from './javascriptBudget.ts';

/** Bytes that gzip cannot make smaller. */
const noise = (bytes: number) => randomBytes(bytes);

const build = {
  'index.html': noise(9_000),
  'assets/index-a.js': noise(10_000),
  'assets/view-b.js': noise(20_000),
  'assets/ort.webgpu.bundle.min-c.js': noise(5_000),
  'assets/ort.webgpu.bundle.min-d.js': noise(6_000),
  'assets/ort.jspi.bundle.min-e.js': noise(4_000),
  'assets/ort.wasm.bundle.min-f.js': noise(2_000),
  'assets/cpuFrame.worker-g.js': noise(1_000),
  'assets/ort-wasm-simd-threaded.wasm': noise(70_000),
};

describe('the JavaScript budget', () => {
  test('counts every script, and of the ways only the one taken', () => {
    const sizes = Object.fromEntries(measureWays(build).map(({ way, kilobytes }) => [way, kilobytes]));
    expect(sizes.WebGPU).toBeCloseTo(36, 0);
    expect(sizes['WebGPU with JSPI']).toBeCloseTo(34, 0);
    expect(sizes.CPU).toBeCloseTo(33, 0);
  });

  test('a chunk that nobody has thought about counts', () => {
    const grown = measureWays({ ...build, 'assets/new-h.js': noise(3_000), 'assets/other.worker-i.js': noise(1_000) });
    expect(grown[0]!.kilobytes - measureWays(build)[0]!.kilobytes).toBeCloseTo(4, 0);
    expect(describeWays(grown)).toMatch(/WebGPU: 40\.\d kB \(view-b\.js 20/);
  });

  test('a build without the parts that a way is made of is refused', () => {
    const { 'assets/cpuFrame.worker-g.js': _worker, ...rest } = build;
    expect(() => measureWays(rest)).toThrow(/cpuFrame/);
  });
});
