import { expect, test, vi } from 'vitest';
import { makeEmptyClip } from '../../tests/support/emptyClip.ts';
import { createLocalClips } from './localClips.ts';

const makeClip = (id: string) => makeEmptyClip({ id, close: vi.fn() });

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
