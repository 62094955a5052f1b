import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** JavaScript that a visit may fetch before its first prediction, gzip, kB of 1000 bytes (docs/decisions/0003-javascript-budget.md). */
export const BUDGET_KILOBYTES = 500;

/** Chunks that every visit asks for on its way to the first prediction, beside the page's own and all that these import. */
const asked: readonly RegExp[] = [/^PageViewport-/, /^modelPort-/];

/** A visit takes one of these ways; of several builds of ONNX Runtime in the bundle it fetches one. */
const ways: Readonly<Record<string, readonly RegExp[]>> = {
  WebGPU: [/^ort\.webgpu\./],
  'WebGPU with JSPI': [/^ort\.jspi\./],
  CPU: [/^cpuFrame\.worker/, /^ort\.wasm\./],
};

/** One file of a build; paths are relative to its root. */
export interface BuiltFile {
  readonly path: string;
  readonly contents: string | Uint8Array;
  /** The page's own script. */
  readonly isEntry: boolean;
  /** Paths of what it cannot start without. */
  readonly imports: readonly string[];
}

/** What one way fetches: file names with their gzip bytes. */
export interface WaySize {
  readonly way: string;
  readonly files: readonly (readonly [string, number])[];
  readonly kilobytes: number;
}

/**
 * Size of the JavaScript before the first prediction, for every way through the page: the page's script, the chunks that a
 * visit asks for, and what they import. Throws when one of these is not in the build.
 */
export function measureWays(files: readonly BuiltFile[]): WaySize[] {
  const scripts = files.filter(({ path }) => /\.m?js$/.test(path));
  const shared = [
    ...scripts.filter(({ isEntry }) => isEntry),
    ...asked.map((pattern) => findLargest(scripts, pattern)),
  ];
  if (shared.length === asked.length) throw new Error('The build has no script of the page.');
  return Object.entries(ways).map(([way, patterns]) => {
    const own = patterns.map((pattern) => findLargest(scripts, pattern));
    const needed = [...followImports(scripts, [...shared, ...own])];
    const sizes = needed.map((file) => [getName(file), gzipSync(file.contents).length] as const);
    return { way, files: sizes, kilobytes: sizes.reduce((sum, [, bytes]) => sum + bytes, 0) / 1000 };
  });
}

const getName = ({ path }: BuiltFile) => path.replace(/^.*\//, '');

/** The page's and the worker's copy of one ONNX Runtime build differ by a few bytes: the larger one counts. */
function findLargest(scripts: readonly BuiltFile[], pattern: RegExp): BuiltFile {
  const found = scripts.filter((file) => pattern.test(getName(file)));
  const [first] = found.sort((a, b) => b.contents.length - a.contents.length);
  if (!first) throw new Error(`The build has no ${pattern.source}: tools/setup/javascriptBudget.ts is out of date.`);
  return first;
}

function followImports(scripts: readonly BuiltFile[], start: readonly BuiltFile[]): Set<BuiltFile> {
  const byPath = new Map(scripts.map((file) => [file.path, file]));
  const reached = new Set(start);
  for (const { imports } of reached) {
    for (const path of imports) {
      const file = byPath.get(path);
      if (file) reached.add(file);
    }
  }
  return reached;
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
      const files = Object.values(bundle).map((file): BuiltFile => {
        const path = file.fileName;
        return file.type === 'chunk'
          ? { path, contents: file.code, isEntry: file.isEntry, imports: file.imports }
          : { path, contents: file.source, isEntry: false, imports: [] };
      });
      const sizes = measureWays(files);
      const report = describeWays(sizes);
      if (sizes.some(({ kilobytes }) => kilobytes > BUDGET_KILOBYTES)) this.error(`Too much JavaScript. ${report}`);
      console.log(`\n${report}`);
    },
  };
}
