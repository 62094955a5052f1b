import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import type { Clip } from '../../src/domain/clip.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';

/** A clip without frames, cameras or truth, for tests that are about clips as such; `part` gives it what a test needs. */
export function makeEmptyClip(part: Partial<Clip> = {}): Clip {
  return {
    id: 'clip',
    title: part.id ?? 'Clip',
    licence: 'none',
    origin: 'test',
    classes: OCC3D_CLASSES,
    grid: OCC3D_GRID,
    cameraNames: [],
    frames: [],
    hasTruth: false,
    openImage: () => Promise.reject(new Error('no images')),
    openTruth: async () => null,
    close: () => undefined,
    ...part,
  };
}
