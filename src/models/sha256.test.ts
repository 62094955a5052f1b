import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { computeSha256, hashSha256 } from './sha256.ts';

const reference = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('our own agrees with the platform for every length around the block size', () => {
  for (let length = 0; length <= 200; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    expect(Buffer.from(computeSha256(bytes)).toString('hex')).toBe(reference(bytes));
  }
});

test('and for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      expect(Buffer.from(computeSha256(bytes)).toString('hex')).toBe(reference(bytes));
    }),
  );
});

test('a page without crypto.subtle gets the same answer', async () => {
  const bytes = new TextEncoder().encode('the weights');
  const secure = await hashSha256(bytes);
  vi.stubGlobal('crypto', {});
  expect(await hashSha256(bytes)).toBe(secure);
  vi.unstubAllGlobals();
});
