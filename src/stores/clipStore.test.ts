import { expect, test } from 'vitest';
import { makeEmptyClip } from '../../tests/support/emptyClip.ts';
import type { FrameTruth, TruthSource } from '../domain/clip.ts';
import { addTruth, chooseTruth, createClipStore, forgetTruths, withAddedTruths } from './clipStore.ts';

const makeTruth = (label: number): FrameTruth => ({ labels: Uint8Array.of(label), cameraMask: null, flow: null });
const makeSource = (id: string, label: number): TruthSource => ({
  id,
  title: id,
  openTruth: async () => makeTruth(label),
});

test('one of several truths is chosen, and the clip stays the same drive', async () => {
  const store = createClipStore();
  const truths = [makeSource('occ3d', 1), makeSource('surround-occ', 2)];
  const clip = makeEmptyClip({ hasTruth: true, truths, truthId: 'occ3d', openTruth: truths[0]!.openTruth });
  store.setState({ clip });
  chooseTruth(store, 'surround-occ');
  const chosen = store.getState().clip!;
  expect(chosen.frames).toBe(clip.frames);
  expect((await chosen.openTruth(0))!.labels[0]).toBe(2);
  chooseTruth(store, 'no such truth');
  expect(store.getState().clip!.truthId).toBe('surround-occ');
});

test('truth that is handed over is chosen, what was there stays, and it comes back with the clip', async () => {
  const store = createClipStore();
  store.setState({ clip: makeEmptyClip({ hasTruth: true, openTruth: async () => makeTruth(1) }) });
  addTruth(store, makeSource('dropped', 3));
  addTruth(store, makeSource('dropped', 4));
  const { clip, addedTruths } = store.getState();
  expect(clip!.truths!.map(({ id }) => id)).toEqual(['own', 'dropped']);
  expect((await clip!.openTruth(0))!.labels[0]).toBe(4);
  chooseTruth(store, 'own');
  expect((await store.getState().clip!.openTruth(0))!.labels[0]).toBe(1);
  const again = withAddedTruths(makeEmptyClip({}), addedTruths.get('clip')!);
  expect(again.hasTruth).toBe(true);
  expect((await again.openTruth(0))!.labels[0]).toBe(4);
  forgetTruths(store, 'clip');
  expect(store.getState().addedTruths.size).toBe(0);
});
