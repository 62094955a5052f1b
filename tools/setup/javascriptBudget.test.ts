import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type BuiltFile, describeWays, measureWays } from './javascriptBudget.ts';

/** A file of bytes that gzip cannot make smaller. */
function makeFile(path: string, bytes: number, imports: readonly string[] = [], isEntry = false): BuiltFile {
  return { path, contents: randomBytes(bytes), imports, isEntry };
}

const build = [
  makeFile('index.html', 9_000),
  makeFile('assets/index-a.js', 10_000, ['assets/shared-s.js'], true),
  makeFile('assets/shared-s.js', 3_000),
  makeFile('assets/PageViewport-b.js', 20_000, ['assets/shared-s.js', 'assets/index-a.js']),
  makeFile('assets/modelPort-p.js', 7_000),
  makeFile('assets/dialog-k.js', 90_000, ['assets/shared-s.js']),
  makeFile('assets/ort.webgpu.bundle.min-c.js', 5_000),
  makeFile('assets/ort.webgpu.bundle.min-d.js', 6_000),
  makeFile('assets/ort.jspi.bundle.min-e.js', 4_000),
  makeFile('assets/ort.wasm.bundle.min-f.js', 2_000),
  makeFile('assets/cpuFrame.worker-g.js', 1_000),
  makeFile('assets/ort-wasm-simd-threaded.wasm', 70_000),
];

describe('the JavaScript budget', () => {
  test('counts what a visit needs once, and of the ways only the one taken', () => {
    const sizes = Object.fromEntries(measureWays(build).map(({ way, kilobytes }) => [way, kilobytes]));
    expect(sizes.WebGPU).toBeCloseTo(46, 0);
    expect(sizes['WebGPU with JSPI']).toBeCloseTo(44, 0);
    expect(sizes.CPU).toBeCloseTo(43, 0);
  });

  test('what a needed chunk imports counts, whatever it is called and however far down', () => {
    const [page, shared, rest] = [build[1]!, build[2]!, build.filter((_, index) => index !== 1 && index !== 2)];
    const grown = measureWays([
      page,
      { ...shared, imports: ['assets/new-h.js'] },
      makeFile('assets/new-h.js', 3_000, ['assets/deeper-i.js']),
      makeFile('assets/deeper-i.js', 1_000),
      ...rest,
    ]);
    expect(grown[0]!.kilobytes - measureWays(build)[0]!.kilobytes).toBeCloseTo(4, 0);
    expect(describeWays(grown)).toMatch(/WebGPU: 50\.\d kB \(PageViewport-b\.js 20/);
  });

  test.each(['cpuFrame.worker-g', 'PageViewport-b', 'index-a'])('a build without %s is refused', (name) => {
    expect(() => measureWays(build.filter(({ path }) => !path.includes(name)))).toThrow(/The build has no/);
  });
});
