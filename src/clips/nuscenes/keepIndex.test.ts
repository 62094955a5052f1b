import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { openZip } from '../../zip/openZip.ts';
import { describeTables } from './keepIndex.ts';

async function describeZip(text: string): Promise<string | null> {
  const bytes = zipSync({ 'scene.json': new TextEncoder().encode(text) }) as Uint8Array<ArrayBuffer>;
  const scene = await (await openZip(new Blob([bytes]))).read('scene.json');
  return scene && describeTables('v1.0-mini', { scene });
}

test('tables in zips of the same sizes are told apart by their checksums', async () => {
  const first = await describeZip('[1]');
  expect(first).not.toBeNull();
  expect(await describeZip('[1]')).toBe(first);
  expect(await describeZip('[2]')).not.toBe(first);
});

test('files are told apart by their dates, and what has neither date nor checksum is not described', () => {
  const table = (lastModified: number) => ({ scene: new File(['[1]'], 'scene.json', { lastModified }) });
  expect(describeTables('v1.0-mini', table(1))).not.toBe(describeTables('v1.0-mini', table(2)));
  expect(describeTables('v1.0-mini', { scene: new Blob(['[1]']) })).toBeNull();
});
