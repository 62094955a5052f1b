import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** JavaScript that a visit may fetch before its first prediction, gzip, kB of 1000 bytes (docs/decisions/0003-javascript-budget.md). */
export const BUDGET_KILOBYTES = 500;

/**
 * Chunks that no visit needs before its first prediction: asked for by a person's action, later.
 * Everything else of the build counts, so a new chunk counts until somebody says here why it may wait.
 */
const later: readonly RegExp[] = [
  // Opened by a key or a button: commands, numbers, stills, voxels over the images.
  /\/(CommandPalette|MetricsPanel|measurer|saveFigure)-/,
  /\/(metrics|castVoxels)\.worker-/,
  // Columns beside the first: other networks, stored predictions, what the memory holds.
  /\/(others|MemoryPane)-/,
  /\/cameraMask\.worker-/,
  // Opening what a visitor drops or picks.
  /\/(PageOpening|PackagedPanel|ModelPanel|WorkPanel|opener|urlTree|zipTree|fileTrees|NuscenesPanel)-/,
  /\/nuscenesTables\.worker-/,
];

/** A visit takes one of these ways; of several builds of ONNX Runtime in the bundle it fetches one. */
const ways: Readonly<Record<string, readonly RegExp[]>> = {
  WebGPU: [/^ort\.webgpu\./],
  'WebGPU with JSPI': [/^ort\.jspi\./],
  CPU: [/^cpuFrame\.worker/, /^ort\.wasm\./],
};

/** What one way fetches: file names with their gzip bytes. */
export interface WaySize {
  readonly way: string;
  readonly files: readonly (readonly [string, number])[];
  readonly kilobytes: number;
}

/**
 * Size of the JavaScript before the first prediction, for every way through the page.
 * `files`: path to contents of every file of a build. Throws when a way's own parts are not in the build.
 */
export function measureWays(files: Readonly<Record<string, string | Uint8Array>>): WaySize[] {
  const scripts = Object.entries(files)
    .map(([path, contents]) => [path.replace(/^.*\//, ''), gzipSync(contents).length, path] as const)
    .filter(([name, , path]) => /\.m?js$/.test(name) && !later.some((pattern) => pattern.test(path)));
  const optional = Object.values(ways).flat();
  const shared = scripts.filter(([name]) => !optional.some((pattern) => pattern.test(name)));
  return Object.entries(ways).map(([way, patterns]) => {
    // The page's and the worker's copy of one ONNX Runtime build differ by a few bytes: the larger one counts.
    const own = patterns.map((pattern) => {
      const found = scripts.filter(([name]) => pattern.test(name)).sort((a, b) => b[1] - a[1])[0];
      if (!found)
        throw new Error(`The build has no ${pattern.source}: tools/setup/javascriptBudget.ts is out of date.`);
      return found;
    });
    const all = [...shared, ...own].map(([name, bytes]) => [name, bytes] as const);
    return { way, files: all, kilobytes: all.reduce((sum, [, bytes]) => sum + bytes, 0) / 1000 };
  });
}

/** One line per way, and the largest files. */
export function describeWays(sizes: readonly WaySize[]): string {
  const lines = sizes.map(({ way, files, kilobytes }) => {
    const parts = [...files].sort((a, b) => b[1] - a[1]).slice(0, 5);
    const list = parts.map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(0)}`).join(', ');
    return `  ${way}: ${kilobytes.toFixed(1)} kB (${list})`;
  });
  return [`JavaScript before the first prediction, gzip, of at most ${BUDGET_KILOBYTES} kB:`, ...lines].join('\n');
}

/** Fails the build of a site that makes its visitors fetch more. */
export function javascriptBudget(): Plugin {
  return {
    name: 'javascript-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const contents = Object.values(bundle).map((file) => [
        file.fileName,
        file.type === 'chunk' ? file.code : file.source,
      ]);
      const sizes = measureWays(Object.fromEntries(contents));
      const report = describeWays(sizes);
      if (sizes.some(({ kilobytes }) => kilobytes > BUDGET_KILOBYTES)) this.error(`Too much JavaScript. ${report}`);
      console.log(`\n${report}`);
    },
  };
}
