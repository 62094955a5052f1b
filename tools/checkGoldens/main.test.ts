import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from './main.ts';

const goldens = path.join(import.meta.dirname, '../../tests/goldens');
let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'occuscope-goldens-'));
  printed = [];
  for (const method of ['log', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => void printed.push(values.join(' ')));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Change the last byte but one of an array: a float32 far from what it was. */
function spoil(file: string, array: string): void {
  const members = unzipSync(readFileSync(path.join(goldens, file)));
  const member = members[`${array}.npy`]!;
  member[member.length - 1]! ^= 0x41;
  writeFileSync(path.join(folder, file), zipSync(members));
}

describe('check:goldens, command line', () => {
  test('a good file: exit code 0, every comparison printed', async () => {
    copyFileSync(path.join(goldens, 'voxel-pool-selftest.npz'), path.join(folder, 'renamed.npz'));
    expect(await main([folder])).toBe(0);
    expect(printed.join('\n')).toMatch(/renamed\.npz: voxel pooling, official self-test[\s\S]*ok +cpu +expected/);
  });

  test.each([
    ['voxel-pool-selftest.npz', 'expected'],
    ['rig-geometry.npz', 'expected_sensor2keyego'],
    ['memory-sequence-2d.npz', 'expected_3'],
  ])('%s with one wrong number in %s: exit code 1 and the array is named', async (file, array) => {
    spoil(file, array);
    expect(await main([folder])).toBe(1);
    expect(printed.join('\n')).toMatch(new RegExp(`EXCESS +cpu +${array} `));
  });

  test('files that no check knows are named; nothing compared is no success', async () => {
    const member = unzipSync(readFileSync(path.join(goldens, 'rig-geometry.npz')))['intrinsics.npy']!;
    writeFileSync(path.join(folder, 'strange.npz'), zipSync({ 'unheard.npy': member }));
    expect(await main([folder])).toBe(1);
    expect(printed.join('\n')).toContain('No check for these files: strange.npz');
  });

  test('a file that cannot be read: exit code 1 and the reason', async () => {
    writeFileSync(path.join(folder, 'broken.npz'), new Uint8Array(40));
    expect(await main([folder])).toBe(1);
    expect(printed.join('\n')).toContain('broken.npz is no zip, or is cut short');
  });

  test('a missing folder or argument: exit code 2 and the usage', async () => {
    expect(await main([])).toBe(2);
    expect(await main([path.join(folder, 'missing')])).toBe(2);
    expect(await main(['--fast'])).toBe(2);
    expect(printed.join('\n')).toContain('usage: npm run check:goldens');
  });
});
