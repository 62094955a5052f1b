import { expect, test, vi } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Clip } from '../domain/clip.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { createLocalClips } from './localClips.ts';

const makeClip = (id: string): Clip => ({
  id,
  title: id,
  licence: '',
  origin: '',
  classes: OCC3D_CLASSES,
  grid: OCC3D_GRID,
  cameraNames: [],
  frames: [],
  hasTruth: false,
  openImage: () => Promise.reject(new Error('none')),
  openTruth: async () => null,
  close: vi.fn(),
});

test('a clip of the visitor’s stays open until it is removed, however often it is shown', () => {
  const local = createLocalClips();
  const clip = makeClip('My drive, 2024');
  const id = local.add(clip, []);
  expect(id).toBe('My-drive-2024');
  local.open(id)!.close();
  expect(clip.close).not.toHaveBeenCalled();
  expect(local.open(id)!.id).toBe(id);
  local.remove(id);
  expect(clip.close).toHaveBeenCalledTimes(1);
  expect(local.open(id)).toBeNull();
});

test('it takes no name of the site’s, and the same one again replaces it', () => {
  const local = createLocalClips();
  const first = makeClip('scene-0061');
  expect(local.add(first, ['scene-0061'])).toBe('scene-0061-own');
  expect(local.add(makeClip('scene-0061'), ['scene-0061', 'scene-0061-own'])).toBe('scene-0061-own');
  expect(first.close).toHaveBeenCalledTimes(1);
  expect(local.list()).toHaveLength(1);
});
