import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { OnnxSignature } from '../pipeline/onnx.ts';
import { planModel } from '../pipeline/planModel.ts';
import { type ModelManifest, parseManifest } from './manifest.ts';
import { checkRecipe } from './recipe.ts';

const file = path.resolve(import.meta.dirname, '../../public/models/ruler/manifest.json');
const readJson = () => JSON.parse(readFileSync(file, 'utf8'));

const float = (name: string, shape: (number | string)[], type = 'float32') => ({ name, type, shape });
const volume = [1, 17, 8, 40, 40];
const readSignatures = (): Map<string, OnnxSignature> =>
  new Map([
    [
      'encoder.onnx',
      {
        inputs: [float('images', [6, 3, 32, 64])],
        outputs: [float('depth', [6, 16, 16, 32]), float('context', [6, 16, 32, 17])],
      },
    ],
    [
      'head.onnx',
      {
        inputs: [float('volume', volume), float('aligned', volume)],
        outputs: [float('memory', volume), float('logits', [1, 18, 8, 40, 40]), float('flow', [1, 2, 8, 40, 40])],
      },
    ],
  ]);

function readFault(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(OccuscopeError);
    expect((error as OccuscopeError).code).toBe('model-manifest-invalid');
    return (error as OccuscopeError).detail!;
  }
  throw new Error('nothing was refused');
}

type Json = ReturnType<typeof readJson>;
const faultOf = (change: (json: Json) => void): string => {
  const json = readJson();
  change(json);
  return readFault(() => checkRecipe(parseManifest(json)));
};

test('the ruler manifest is valid and its shapes fit from end to end', () => {
  const manifest = parseManifest(readJson());
  checkRecipe(manifest);
  const plan = planModel(manifest, readSignatures());
  expect(plan.shapes.get('volume')).toEqual(volume);
  expect(plan.state).toEqual(['memory']);
});

test('a factored decode stage reads occupancy too, and its buffers are planned', () => {
  const json = readJson();
  const decode = json.stages.at(-1);
  const factored = {
    occupancy: 'occupancy',
    occupancyLayout: 'zyx',
    layout: 'gcyx',
    heightGroups: [0, 0, 0, 0, 1, 1, 1, 1],
  };
  Object.assign(decode, factored);
  expect(readFault(() => checkRecipe(parseManifest(json)))).toMatch(
    /stages\[4\] \(decode\) reads tensor "occupancy" before/,
  );
  json.stages[3].out.occupancy = 'occupancy';
  const signatures = readSignatures();
  const head = signatures.get('head.onnx')!;
  const outputs = head.outputs.map((value) => (value.name === 'logits' ? float('logits', [34, 40, 40]) : value));
  signatures.set('head.onnx', { ...head, outputs: [...outputs, float('occupancy', [1, 8, 40, 40])] });
  const manifest = parseManifest(json);
  checkRecipe(manifest);
  const plan = planModel(manifest, signatures);
  expect(plan.stages.at(-1)).toMatchObject({ kind: 'decode', logits: 'logits', occupancy: 'occupancy', flow: 'flow' });
  expect(plan.shapes.get('occupancy')).toEqual([1, 8, 40, 40]);
});

describe('each fault of a manifest is named', () => {
  const cases: [string, (json: Json) => void, RegExp][] = [
    ['format', (json) => (json.format = 'occuscope-model/2'), /^format: /],
    ['a field that nobody knows', (json) => (json.stagess = []), /stagess/],
    [
      'a checksum that is none',
      (json) => (json.files['head.onnx'].sha256 = 'abc'),
      /^files\["head\.onnx"\]\.sha256: is not 64/,
    ],
    ['a file outside the package', (json) => (json.files['../x.onnx'] = json.files['head.onnx']), /inside the package/],
    ['a negative voxel', (json) => (json.grid.voxel[1] = -1), /^grid\.voxel\[1\]: /],
    [
      'an unknown stage',
      (json) => (json.stages[1].kind = 'lift-splat'),
      /stages\[1\]\.kind: unknown stage kind "lift-splat"; this version knows onnx, /,
    ],
    ['a wrong enumeration', (json) => (json.stages[1].index = 'round'), /^stages\[1\]\.index: /],
    [
      'a tensor read too early',
      (json) => json.stages.reverse().unshift(json.stages.pop()),
      /reads tensor "\w+" before any stage produces it/,
    ],
    [
      'a misspelt tensor',
      (json) => (json.stages[1].depth = 'dept'),
      /stages\[1\] \(voxel-pool\) reads tensor "dept" before/,
    ],
    [
      'a tensor made twice',
      (json) => (json.stages[2].out = 'volume'),
      /stages\[2\] \(memory-warp\) produces tensor "volume" a second time/,
    ],
    [
      'state that nobody writes',
      (json) => (json.state.scene = { shape: [1], reset: 'zeros' }),
      /^state\.scene: no stage produces/,
    ],
    [
      'a part that is not listed',
      (json) => (json.stages[3].file = 'tail.onnx'),
      /stages\[3\]\.file: "tail\.onnx" is not listed/,
    ],
    [
      'a file that is not used',
      (json) => (json.stages[3].file = 'encoder.onnx'),
      /files: "head\.onnx" is used by no stage/,
    ],
    [
      'half of a factored decode stage',
      (json) => (json.stages[4].heightGroups = [0]),
      /stages\[4\]\.occupancy: is missing; occupancy, occupancyLayout, heightGroups come together or not at all/,
    ],
    [
      'a plane sweep over what is no state',
      (json) =>
        json.stages.splice(1, 0, {
          kind: 'plane-sweep',
          in: 'context',
          out: 'matches',
          depths: [1],
          pixels: 'centres',
        }),
      /stages\[1\] \(plane-sweep\): tensor "context" must be listed under state and be written by a stage before/,
    ],
    [
      'a plane sweep before its descriptors are written',
      (json) =>
        json.stages.splice(1, 0, { kind: 'plane-sweep', in: 'memory', out: 'matches', depths: [1], pixels: 'centres' }),
      /stages\[1\] \(plane-sweep\): tensor "memory" must be/,
    ],
    ['no decode stage', (json) => json.stages.pop(), /exactly one decode stage is needed, as the last one; found 0/],
  ];
  test.each(cases)('%s', (_, change, expected) => {
    expect(faultOf(change)).toMatch(expected);
  });

  test('several faults come together, one to a line', () => {
    const fault = faultOf((json) => {
      json.title = '';
      json.images.std[2] = 0;
    });
    expect(fault.split('\n').map((line) => line.split(':')[0])).toEqual(['title', 'images.std[2]']);
  });
});

describe('each misfit between recipe and ONNX part is named', () => {
  const misfit = (change: (signatures: Map<string, OnnxSignature>, manifest: ModelManifest) => void): string => {
    const signatures = readSignatures();
    const manifest = parseManifest(readJson());
    change(signatures, manifest);
    return readFault(() => planModel(manifest, signatures));
  };
  const replaceInput = (signatures: Map<string, OnnxSignature>, input: ReturnType<typeof float>) => {
    const head = signatures.get('head.onnx')!;
    signatures.set('head.onnx', { ...head, inputs: [input, head.inputs[1]!] });
  };

  test('another shape', () => {
    const fault = misfit((signatures) => replaceInput(signatures, float('volume', [1, 17, 8, 40, 41])));
    expect(fault).toBe(
      'stages[3] (onnx): head.onnx: input "volume" has shape [1,17,8,40,41], but tensor "volume" has shape [1,17,8,40,40].',
    );
  });
  test('another name', () => {
    expect(misfit((signatures) => replaceInput(signatures, float('voxels', volume)))).toMatch(
      /has no input "volume"; it has voxels, aligned/,
    );
  });
  test('an input that is left open', () => {
    const fault = misfit((signatures) => {
      const head = signatures.get('head.onnx')!;
      signatures.set('head.onnx', { ...head, inputs: [...head.inputs, float('extra', [1])] });
    });
    expect(fault).toMatch(/input "extra" is connected to no tensor/);
  });
  test('another type and a symbolic size', () => {
    expect(misfit((signatures) => replaceInput(signatures, float('volume', volume, 'float16')))).toMatch(
      /is float16; only float32/,
    );
    expect(misfit((signatures) => replaceInput(signatures, float('volume', ['N', 17, 8, 40, 40])))).toMatch(
      /symbolic size "N"/,
    );
  });
  test('state of another shape', () => {
    const fault = misfit((_, manifest) => manifest.state.memory!.shape.push(1));
    expect(fault).toMatch(/stages\[\d\]/);
  });
});
