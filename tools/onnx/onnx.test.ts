import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { createOrtRuntime } from '../../src/models/ortRuntime.ts';
import { readPackage } from '../../tests/support/rulerFixture.ts';
import { findProviderFaults } from './providerFaults.ts';
import { readOnnx } from './readOnnx.ts';
import { appendOutputs, type OnnxNode, writeOnnx } from './writeOnnx.ts';

ort.env.wasm.numThreads = 1;
const runtime = createOrtRuntime(ort, 'node');
const root = path.resolve(import.meta.dirname, '../../public/models');

test('an ONNX graph is the protobuf that onnx.proto3 describes', () => {
  const bytes = writeOnnx({
    name: 'sum',
    producer: 'p',
    operatorSet: 21,
    inputs: [{ name: 'a', shape: [300] }],
    outputs: [{ name: 'b', shape: [300] }],
    constants: [{ name: 'c', shape: [1], values: Float32Array.of(1) }],
    nodes: [{ operator: 'Add', inputs: ['a', 'c'], outputs: ['b'], attributes: { reduction: 'add' } }],
  });
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  // ir_version 10; producer "p"; the graph (field 7); opset_import { domain "", version 21 }.
  expect(hex.startsWith('080a12017 03a'.replace(' ', ''))).toBe(true);
  expect(hex.endsWith('42040a001015')).toBe(true);
  // Constant: dims 1, data_type 1 (float), name "c", raw_data 1.0f.
  expect(hex).toContain('0801100142016 34a040000803f'.replace(' ', ''));
  // Input shape: one dimension of 300 as a varint.
  expect(hex).toContain('0a0308ac02');
  // Attribute: name "reduction", string "add", type STRING.
  expect(hex).toContain(`0a09${Buffer.from('reduction').toString('hex')}2203616464a00103`);
});

function writePart(shape: readonly number[], nodes: readonly OnnxNode[], weights: readonly number[] = [1]): Uint8Array {
  const values = new Float32Array(weights.reduce((product, size) => product * size, 1));
  return writeOnnx({
    name: 'part',
    producer: 'test',
    inputs: [{ name: 'x', shape }],
    outputs: [{ name: 'y', shape }],
    constants: [{ name: 'weights', shape: weights, values }],
    nodes,
  });
}

test('nodes and constants are read back as they were written', () => {
  const attributes = { group: 4, pads: [1, 0, 1, 0], auto_pad: 'NOTSET' };
  const nodes = [{ operator: 'Conv', inputs: ['x', 'weights'], outputs: ['y'], attributes }];
  const file = readOnnx(writePart([1, 32, 300, 2], nodes, [24, 8, 1, 1]));
  expect(file.constants.get('weights')).toEqual([24, 8, 1, 1]);
  expect(file.nodes).toMatchObject([{ name: 'Conv_0', operator: 'Conv', inputs: ['x', 'weights'], outputs: ['y'] }]);
  expect(file.nodes[0]!.integers.get('group')).toEqual([4]);
  expect(file.nodes[0]!.integers.get('pads')).toEqual([1, 0, 1, 0]);
});

test('a file that is cut off is an error', () => {
  const whole = writePart([1], [{ operator: 'Relu', inputs: ['x'], outputs: ['y'] }]);
  expect(() => readOnnx(whole.subarray(0, whole.length - 3))).toThrow('cut off');
});

test('appended outputs come out of ONNX Runtime with their values', async () => {
  const nodes = [
    { operator: 'Relu', inputs: ['x'], outputs: ['positive'] },
    { operator: 'Neg', inputs: ['positive'], outputs: ['y'] },
  ];
  const session = await runtime.createSession('part', appendOutputs(writePart([2], nodes), ['positive']), {});
  const results = await session.run({ x: new ort.Tensor('float32', Float32Array.of(-3, 5), [2]) });
  expect([...(results.positive!.data as Float32Array)]).toEqual([0, 5]);
  expect([...(results.y!.data as Float32Array)]).toEqual([-0, -5]);
});

describe('what the WebGPU provider computes wrongly is found', () => {
  const convolve = (group: number, perGroup: number, inputs = 8): Uint8Array => {
    const node = { operator: 'Conv', inputs: ['x', 'weights'], outputs: ['y'], attributes: { group } };
    return writePart([1, group * inputs, 2, 3], [node], [group * perGroup, inputs, 1, 1]);
  };
  // Each pair was run in Chromium: those that are wrong there differ from the CPU by as much as the values themselves.
  const wrong = [
    [2, 6],
    [4, 5],
    [4, 6],
    [4, 10],
  ] as const;
  const right = [
    [1, 6],
    [2, 2],
    [2, 3],
    [3, 6],
    [4, 1],
    [4, 2],
    [4, 3],
    [4, 4],
    [4, 8],
    [4, 12],
    [10, 2],
  ] as const;
  test.each(wrong)('Conv of %i groups of %i', async (group, perGroup) => {
    expect(await findProviderFaults(convolve(group, perGroup), runtime)).toEqual([
      expect.stringMatching(`^Conv_0: Conv of ${group} groups with ${perGroup} output channels each`),
    ]);
  });
  test.each(right)('Conv of %i groups of %i is right', async (group, perGroup) => {
    expect(await findProviderFaults(convolve(group, perGroup), runtime)).toEqual([]);
  });

  test.each([
    [[1, 2, 255, 257], 1, []],
    [[1, 2, 256, 256], 1, ['Softmax_0: Softmax of 65536 rows; write it as ReduceMax, Sub, Exp, ReduceSum, Div.']],
    [[256, 256, 2], -1, ['Softmax_0: Softmax of 65536 rows; write it as ReduceMax, Sub, Exp, ReduceSum, Div.']],
    [[2, 256, 256], -1, []],
  ] as const)('Softmax over %j along axis %i', async (shape, axis, faults) => {
    const node = { operator: 'Softmax', inputs: ['x'], outputs: ['y'], attributes: { axis } };
    expect(await findProviderFaults(writePart(shape, [node]), runtime)).toEqual(faults);
  });
});

describe('shipped parts give the same on WebGPU as on the CPU, as far as is known', () => {
  const models: { path: string }[] = JSON.parse(readFileSync(path.join(root, 'index.json'), 'utf8')).models;
  const parts = models.flatMap((model) => {
    const { manifest, files } = readPackage(path.join(root, model.path));
    const names = Object.keys(manifest.files).filter((name) => name.endsWith('.onnx'));
    return names.map((name) => ({ part: `${manifest.id}/${name}`, bytes: files.get(name)! }));
  });
  test.each(parts)('$part', { timeout: 120_000 }, async ({ bytes }) => {
    expect(await findProviderFaults(bytes, runtime)).toEqual([]);
  });
});
