import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const rules: { forbidden: { name: string; comment?: string }[] } = createRequire(import.meta.url)(
  path.join(root, '.dependency-cruiser.cjs'),
);
const folder = mkdtempSync(path.join(os.tmpdir(), 'occuscope-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Names of the rules that a tree of files (path to text) breaks, with the file that breaks them. */
function findViolations(name: string, files: Readonly<Record<string, string>>): string[] {
  const tree = path.join(folder, name);
  const packages = {
    'package.json':
      '{ "type": "module", "dependencies": { "react": "1", "zod": "1" }, "devDependencies": { "sharp": "1" } }',
    'node_modules/react/package.json': '{ "name": "react", "version": "1.0.0", "exports": "./index.js" }',
    'node_modules/react/index.js': 'export const react = 1;',
    'node_modules/zod/package.json': '{ "name": "zod", "version": "1.0.0", "exports": "./index.js" }',
    'node_modules/zod/index.js': 'export const z = 1;',
    'node_modules/sharp/package.json': '{ "name": "sharp", "version": "1.0.0", "exports": "./index.js" }',
    'node_modules/sharp/index.js': 'export const sharp = 1;',
  };
  for (const [file, text] of Object.entries({ ...packages, ...files })) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), text);
  }
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json']) cpSync(path.join(root, file), path.join(tree, file));
  const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cruiser, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (!stdout) throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`))].sort();
}

describe('layer rules', () => {
  test('every rule gives its reason', () => {
    for (const { name, comment } of rules.forbidden) expect(comment, name).toMatch(/\w+ \w+/);
  });

  test('a tree that keeps them passes', () => {
    const violations = findViolations('clean', {
      'src/main.tsx': "import './panels/panel.tsx';",
      'src/panels/panel.tsx': "import 'react'; import '../pipeline/stage.ts'; import './other.tsx';",
      'src/panels/other.tsx': 'export {};',
      'src/pipeline/stage.ts': "import '../domain/grid.ts';",
      'src/pipeline/stage.test.ts': "import 'sharp'; import './stage.ts';",
      'src/clips/world/open.ts': "import '../npz/read.ts'; import '../../domain/grid.ts';",
      'src/clips/npz/read.ts': 'export {};',
      'src/errors/schema.ts': "import 'zod';",
      'src/domain/grid.ts': "import './size.ts';",
      'src/domain/size.ts': 'export {};',
    });
    expect(violations).toEqual([]);
  });

  test('every planted violation is found, and every rule has one', () => {
    const planted = findViolations('planted', {
      'src/main.tsx': 'export {};',
      'src/panels/panel.tsx': 'export {};',
      'src/playback/one.ts': "import './two.ts';",
      'src/playback/two.ts': "import './one.ts';",
      'src/playback/lost.ts': "import './nowhere.ts';",
      'src/playback/show.ts': "import '../panels/panel.tsx';",
      'src/playback/restart.ts': "import '../main.tsx';",
      'src/playback/resize.ts': "import 'sharp';",
      'src/playback/parse.ts': "import 'zod';",
      'src/playback/try.ts': "import '../../tests/support.ts';",
      'src/domain/grid.ts': "import '../errors/list.ts';",
      'src/geometry/turn.ts': "import '../errors/list.ts';",
      'src/errors/list.ts': 'export {};',
      'src/export/draw.ts': "import 'react';",
      'src/pipeline/stage.ts': "import '../export/draw.ts';",
      'src/gpu/device.ts': "import '../stores/view.ts';",
      'src/stores/view.ts': 'export {};',
      'src/clips/world/open.ts': "import '../packaged/open.ts';",
      'src/clips/packaged/open.ts': "import 'react';",
      'tests/support.ts': 'export {};',
    });
    expect(planted).toEqual([
      'clip-sources-are-strangers: src/clips/world/open.ts',
      'clips-know-no-framework: src/clips/packaged/open.ts',
      'clips-know-no-framework: src/clips/world/open.ts',
      'computing-rooms-know-no-framework: src/pipeline/stage.ts',
      'computing-rooms-know-no-page: src/gpu/device.ts',
      'domain-is-a-leaf: src/domain/grid.ts',
      'geometry-is-a-leaf: src/geometry/turn.ts',
      'no-cycles: src/playback/one.ts',
      'no-unresolved: src/playback/lost.ts',
      'nothing-imports-panels: src/playback/show.ts',
      'one-small-zod: src/playback/parse.ts',
      'only-main-wires: src/playback/restart.ts',
      'production-knows-no-tests: src/playback/try.ts',
      'production-uses-production-packages: src/playback/resize.ts',
    ]);
    const found = new Set(planted.map((line) => line.split(':')[0]));
    expect(rules.forbidden.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([]);
  });
});
