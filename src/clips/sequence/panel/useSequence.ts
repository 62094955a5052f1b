import { useEffect, useMemo, useRef, useState } from 'react';
import type { FileTree } from '../../../domain/fileTree.ts';
import { describeFault, type Fault } from '../../../opening/describeFault.ts';
import { usePageState } from '../../../stores/page.tsx';
import type { Adjustment } from '../adjustCamera.ts';
import { type CameraMedia, decodeInBrowser } from '../cameraMedia.ts';
import { spreadCameras } from '../chooseCameras.ts';
import {
  type FoundCamera,
  findCameras,
  type PictureSettings,
  readCalibration,
  readTrack,
  settleCameras,
  suggestPictures,
} from '../draft.ts';
import type { NetworkNeeds } from '../imageWindow.ts';
import { guessRig, matchCameras } from '../matchCameras.ts';
import { planSequence, type SequenceChoice, type SequencePlan } from '../openSequence.ts';
import type { Rig } from '../rig.ts';
import { scanFiles } from '../scanFiles.ts';
import { useLoaded } from './useLoaded.ts';

/** What a person can change beside the pictures' settings; null = as guessed. */
export interface Wishes {
  readonly calibrationPath: string | null;
  /** An empty text = no poses. */
  readonly posesPath: string | null;
  readonly posesOf: string | null;
  /** Key frames per second. */
  readonly rate: number;
  /** Seconds. */
  readonly imageGap: number;
  readonly poseGap: number;
  /** Whether a moment stays for which a camera has no image. */
  readonly keepsGaps: boolean;
  /** For a camera's name the index of its calibration; -1 = none. */
  readonly assigned: ReadonlyMap<string, number>;
  readonly chosen: readonly string[] | null;
  readonly adjustments: ReadonlyMap<string, Adjustment>;
}

const firstWishes: Wishes = {
  calibrationPath: null,
  posesPath: null,
  posesOf: null,
  rate: 2,
  imageGap: 0.1,
  poseGap: 0.6,
  keepsGaps: false,
  assigned: new Map(),
  chosen: null,
  adjustments: new Map(),
};

const noCameras: readonly FoundCamera[] = [];

/** Everything between a folder and a sequence that can be opened. */
export function useSequence(tree: FileTree) {
  const network = useNetwork();
  const [seen, setSeen] = useState(0);
  const contents = useLoaded((signal) => scanFiles(tree, { signal, onProgress: setSeen }), [tree]);
  const [ownPictures, setOwnPictures] = useState<PictureSettings | null>(null);
  const pictures = useMemo(
    () => ownPictures ?? (contents.value && suggestPictures(contents.value)),
    [ownPictures, contents.value],
  );
  const [wishes, setWishes] = useState(firstWishes);
  const found = useLoaded(
    contents.value && pictures
      ? (signal) => findCameras(tree, contents.value!, pictures, decodeInBrowser, signal)
      : null,
    [tree, contents.value, pictures],
  );
  const cameras = found.value?.cameras ?? noCameras;
  const handedOver = useClosing(cameras);
  const calibrationPath = wishes.calibrationPath ?? contents.value?.calibrations[0] ?? '';
  const calibration = useLoaded(calibrationPath ? () => readCalibration(tree, calibrationPath) : null, [
    tree,
    calibrationPath,
  ]);
  const { value: known } = calibration;
  const rig = useMemo(() => (calibrationPath ? known : guessFor(cameras)), [calibrationPath, known, cameras]);
  const posesPath = wishes.posesPath ?? contents.value?.poses[0] ?? '';
  const track = useLoaded(
    posesPath && rig && found.value
      ? () => readTrack(tree, posesPath, { imageTimes: listTimes(cameras), rig, of: wishes.posesOf })
      : null,
    [tree, posesPath, rig, found.value, wishes.posesOf],
  );
  const assigned = useMemo(() => assign(cameras, rig, wishes.assigned), [cameras, rig, wishes.assigned]);
  const chosen = useMemo(
    () => chooseCameras(cameras, rig, assigned, wishes.chosen, network),
    [cameras, rig, assigned, wishes.chosen, network],
  );
  const settled = useMemo(
    () => (rig ? settleCameras(cameras, rig, { assigned, chosen, adjustments: wishes.adjustments, network }) : null),
    [cameras, rig, assigned, chosen, wishes.adjustments, network],
  );
  const isWaiting = contents.isBusy || found.isBusy || calibration.isBusy || track.isBusy;
  const isBroken = Boolean(found.fault || calibration.fault || track.fault) || (settled?.faults.length ?? 1) > 0;
  const plan = useMemo((): { choice: SequenceChoice | null; plan: SequencePlan | null; fault: Fault | null } => {
    if (isWaiting || isBroken || !settled) return { choice: null, plan: null, fault: null };
    const choice: SequenceChoice = {
      title: tree.name,
      cameras: settled.cameras,
      rate: wishes.rate,
      longestImageGap: wishes.imageGap * 1e6,
      keepsGaps: wishes.keepsGaps,
      poses: track.value,
      longestPoseGap: wishes.poseGap * 1e6,
      egoFromLidar: rig?.egoFromLidar ?? null,
    };
    try {
      return { choice, plan: planSequence(choice), fault: null };
    } catch (error) {
      return { choice, plan: null, fault: describeFault(error) };
    }
  }, [
    tree,
    isWaiting,
    isBroken,
    settled,
    rig,
    track.value,
    wishes.rate,
    wishes.imageGap,
    wishes.poseGap,
    wishes.keepsGaps,
  ]);
  return {
    network,
    seen,
    contents,
    pictures,
    setPictures: setOwnPictures,
    wishes,
    wish: (change: Partial<Wishes>) => setWishes((before) => ({ ...before, ...change })),
    found,
    cameras,
    calibrationPath,
    calibration,
    rig,
    posesPath,
    track,
    assigned,
    chosen,
    settled,
    isWaiting,
    ...plan,
    /** The chosen cameras belong to a clip from now on. */
    handOver({ cameras: own }: SequenceChoice) {
      handedOver.current = new Set(own.map(({ media }) => media));
    },
  };
}

export type SequenceState = ReturnType<typeof useSequence>;

function useNetwork(): NetworkNeeds | null {
  const card = usePageState('model', (state) => state.card);
  return useMemo(() => card && { imageSize: card.imageSize, cameras: card.cameras }, [card]);
}

/** Videos hold decoders: close them when others take their place, but for those that a clip owns by now. */
function useClosing(cameras: readonly FoundCamera[]) {
  const handedOver = useRef<ReadonlySet<CameraMedia>>(new Set());
  useEffect(
    () => () => {
      for (const { media } of cameras) if (!handedOver.current.has(media)) media.close();
    },
    [cameras],
  );
  return handedOver;
}

function guessFor(cameras: readonly FoundCamera[]): Rig | null {
  const seen = cameras.flatMap(({ name, size }) => (size ? [{ name, size }] : []));
  return seen.length > 0 ? guessRig(seen) : null;
}

function listTimes([first]: readonly FoundCamera[]): readonly number[] | null {
  return first ? [...first.media.times] : null;
}

function assign(
  cameras: readonly FoundCamera[],
  rig: Rig | null,
  wished: ReadonlyMap<string, number>,
): (number | null)[] {
  if (!rig) return cameras.map(() => null);
  const guessed = matchCameras(
    cameras.map(({ name }) => name),
    rig,
  );
  return cameras.map(({ name }, index) => {
    const own = wished.get(name);
    return own === undefined ? guessed[index]! : own < 0 ? null : own;
  });
}

/** As wished; else all that have a calibration or, of more than the network takes, those that look around. In the order of the calibration. */
function chooseCameras(
  cameras: readonly FoundCamera[],
  rig: Rig | null,
  assigned: readonly (number | null)[],
  wished: readonly string[] | null,
  network: NetworkNeeds | null,
): number[] {
  if (!wished) {
    const isUsable = (index: number) => cameras[index]!.size !== null;
    return rig ? spreadCameras(rig, assigned, isUsable, network?.cameras ?? cameras.length) : [];
  }
  const placeOf = (index: number) => assigned[index] ?? Number.MAX_SAFE_INTEGER;
  const all = cameras.map((_, index) => index).sort((a, b) => placeOf(a) - placeOf(b) || a - b);
  return all.filter((index) => wished.includes(cameras[index]!.name));
}
