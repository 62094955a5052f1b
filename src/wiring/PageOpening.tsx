import type { Clip, TruthSource } from '../domain/clip.ts';
import type { Dropped } from '../opening/listenForDrops.ts';
import { OpeningDialog, type OpeningPage } from '../opening/OpeningDialog.tsx';
import type { OwnThing } from '../opening/OwnThingsList.tsx';
import type { SessionHandle } from '../session/createSession.ts';
import { withTruthCache } from '../session/imageCache.ts';
import { addTruth, forgetTruths } from '../stores/clipStore.ts';
import { needsTruth } from '../stores/paneContent.ts';
import { addPane } from '../stores/panes.ts';
import type { Stores } from '../stores/stores.ts';
import type { LocalClips } from './localClips.ts';
import { listModels, readCatalogue } from './modelPort.ts';
import { addOwnModel, keepOwnModel, listOwnModels, releaseOwnModel, removeOwnModel } from './ownModels.ts';

interface PageOpeningProps {
  readonly stores: Stores;
  readonly session: SessionHandle;
  readonly localClips: LocalClips;
  readonly base: string;
  readonly dropped: Dropped | null;
  readonly onClose: () => void;
}

/** The Open dialog, joined to the session: what opens here is in the menus from then on. */
export function PageOpening({ dropped, onClose, ...parts }: PageOpeningProps) {
  return <OpeningDialog page={createOpeningPage(parts)} dropped={dropped} onClose={onClose} />;
}

type Parts = Omit<PageOpeningProps, 'dropped' | 'onClose'>;

function createOpeningPage(parts: Parts): OpeningPage {
  const { session, base } = parts;
  return {
    base,
    openClip: (clip) => openClip(parts, clip),
    addPredictions: (stored) => session.addStoredPredictions(stored),
    addTruth: (truth) => showTruth(parts, truth),
    addModel: (read) => addModel(parts, read),
    own: {
      list: () => listOwnThings(parts),
      open: ({ kind, id }) => (kind === 'clip' ? session.openClip(id) : session.openModel(id)),
      remove: (thing) => removeThing(parts, thing),
      async setKept({ id }, isKept) {
        if (isKept) await keepOwnModel(base, id);
        else await releaseOwnModel(base, id);
      },
    },
  };
}

async function openClip({ stores, session, localClips }: Parts, clip: Clip): Promise<void> {
  const { choices } = stores.clip.getState();
  const id = localClips.add(
    clip,
    choices.map((choice) => choice.id),
  );
  // Truth that was matched to the frames of another clip of this name does not fit this one's.
  forgetTruths(stores.clip, id);
  const site = choices.filter((choice) => !localClips.list().some((own) => own.id === choice.id));
  stores.clip.setState({ choices: [...site, ...localClips.list()] });
  session.openClip(id).catch(() => undefined);
}

/** What becomes the truth is also shown: in a column of its own where none shows it yet. */
function showTruth({ stores }: Parts, truth: TruthSource): void {
  addTruth(stores.clip, withTruthCache(truth));
  stores.view.setState(({ panes }) =>
    panes.some(({ content }) => needsTruth(content)) ? {} : { panes: addPane(panes) },
  );
}

/** A package that is whole may still not run: then the model before comes back, and the fault is told here. */
async function addModel(parts: Parts, read: (path: string) => Promise<Blob | null>): Promise<void> {
  const { stores, session, base } = parts;
  const before = stores.model.getState().card?.address ?? null;
  const siteIds = (await readCatalogue(base)).map(({ id }) => id);
  const id = await addOwnModel(read, siteIds);
  stores.model.setState({ choices: await listModels(base) });
  try {
    await session.openModel(id);
  } catch (error) {
    const { phase } = stores.model.getState();
    if (phase !== 'failed' || before === null || before === id) throw error;
    await removeOwnModel(base, id);
    stores.model.setState({ choices: await listModels(base) });
    await session.openModel(before).catch(() => undefined);
    throw error;
  }
}

async function listOwnThings({ stores, localClips, base }: Parts): Promise<OwnThing[]> {
  const openClipId = stores.clip.getState().clip?.id;
  const openModelId = stores.model.getState().card?.id;
  const clips = localClips.list().map(({ id, title }) => ({
    kind: 'clip' as const,
    id,
    title,
    bytes: null,
    isKept: false,
    isOpen: id === openClipId,
  }));
  const models = (await listOwnModels(base)).map((model) => ({
    kind: 'model' as const,
    ...model,
    isOpen: model.id === openModelId,
  }));
  return [...clips, ...models];
}

async function removeThing({ stores, localClips, base }: Parts, { kind, id }: OwnThing): Promise<void> {
  if (kind === 'clip') {
    localClips.remove(id);
    stores.clip.setState(({ choices }) => ({ choices: choices.filter((choice) => choice.id !== id) }));
    return;
  }
  await removeOwnModel(base, id);
  stores.model.setState({ choices: await listModels(base) });
}
