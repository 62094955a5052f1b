import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OccuscopeError } from '../errors/catalogue.ts';
import { checkOnnx } from './checkOnnx.ts';

const real = new Uint8Array(readFileSync(path.resolve(import.meta.dirname, '../../public/models/ruler/head.onnx')));
const text = (words: string) => new TextEncoder().encode(words);

test('a part of the site passes', () => {
  expect(() => checkOnnx('head.onnx', real)).not.toThrow();
});

test.each([
  [new Uint8Array(0), 'is empty'],
  [text('<!doctype html><title>404</title>'), 'is a web page'],
  [text('version https://git-lfs.github.com/spec/v1\noid'), 'is a Git LFS pointer'],
  [text('PK\x03\x04rest'), 'as PyTorch writes checkpoints'],
  [Uint8Array.of(0x80, 2, 0x7d), 'is a Python pickle'],
  [text('\x1c\0\0\0TFL3'), 'is a TensorFlow Lite file'],
  [text('{"graph": 1}'), 'is cut off or damaged'],
  [Uint8Array.of(8, 7), 'holds no graph'],
  [Uint8Array.of(8, 7, 0x3a, 2, 0x12, 0), 'a graph without nodes'],
  [real.subarray(0, real.length - 5), 'is cut off'],
])('what is no network is told by what it is: %#', (bytes, words) => {
  expect(() => checkOnnx('head.onnx', bytes)).toThrow(words);
});

test('any bytes end in silence or one sentence', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        checkOnnx('a.onnx', bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(OccuscopeError);
      }
    }),
    { numRuns: 2000 },
  );
});
