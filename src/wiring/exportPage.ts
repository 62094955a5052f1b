import { isFrameFault } from '../errors/catalogue.ts';
import type { ExportPage, ExportSubject, ExportVolume } from '../exporting/exportPage.ts';
import type { SessionHandle } from '../session/createSession.ts';
import type { PredictionId } from '../stores/paneContent.ts';
import { areSourcesSettled, titlePrediction } from '../stores/sourcesStore.ts';
import type { Stores } from '../stores/stores.ts';
import { listSubjects } from '../stores/subjects.ts';
import { paletteColour } from '../viewport/palettes.ts';
import type { CameraLink } from './cameraLink.ts';
import { describeFigure, drawFigure } from './saveFigure.ts';

/** What exports ask for, answered by the session; null while no clip is open. */
export function createExportPage(stores: Stores, session: SessionHandle, link: CameraLink): ExportPage | null {
  const { clip } = stores.clip.getState();
  if (!clip) return null;
  const { frameIndex } = stores.playback.getState();
  return {
    clipId: clip.id,
    clipTitle: clip.title,
    frames: clip.frames,
    frameIndex,
    subjects: listExportSubjects(stores),
    async readVolume(subject, index, signal) {
      if (subject !== 'truth') return await readPrediction(stores, session, subject as PredictionId, index, signal);
      const truth = await session.openTruth(index);
      return truth && { grid: clip.grid, classes: clip.classes, ...truth };
    },
    readShown({ grid, classes }) {
      const { hiddenClasses, heightRange, palette } = stores.view.getState();
      const [firstSlice, lastSlice] = heightRange ?? [0, grid.size[2] - 1];
      // The legend that hides classes is the clip's.
      const isOwn = classes.id === clip.classes.id;
      return {
        firstSlice,
        lastSlice,
        isHidden: (label) => isOwn && hiddenClasses.has(label),
        colourOf: (label) => paletteColour(palette, label),
      };
    },
    async drawFigure(index, signal) {
      await showFrame(stores, session, index, signal);
      await drawnFrames();
      const pictures = await Promise.all((await link.capture()).map((blob) => createImageBitmap(blob)));
      signal.throwIfAborted();
      const figure = drawFigure(pictures, describeFigure(stores));
      for (const picture of pictures) picture.close();
      return figure;
    },
    restore() {
      if (stores.playback.getState().frameIndex !== frameIndex) void session.seek(frameIndex).catch(() => undefined);
    },
  };
}

function listExportSubjects(stores: Stores): ExportSubject[] {
  const { clip, model, sources } = stores;
  const names = { models: model.getState().choices, stored: sources.getState().stored };
  const predictions = listSubjects(stores).filter((id) => id !== 'prediction' || model.getState().card !== null);
  const titled = predictions.map((id) => ({ id, title: titlePrediction(id, names) }));
  return clip.getState().clip?.hasTruth ? [...titled, { id: 'truth', title: 'Ground truth' }] : titled;
}

async function readPrediction(
  stores: Stores,
  session: SessionHandle,
  id: PredictionId,
  index: number,
  signal: AbortSignal,
): Promise<ExportVolume | null> {
  if (!session.readPrediction(id, index) || !session.shownOf(id)) await showFrame(stores, session, index, signal);
  const result = session.readPrediction(id, index);
  const shown = session.shownOf(id);
  if (!result || !shown) return null;
  return { grid: shown.grid, classes: shown.classes, labels: result.labels, flow: result.flow, cameraMask: null };
}

/** Go to a frame and wait until every column has what it can have of it; a frame without images has no prediction, and the page says so. */
async function showFrame(stores: Stores, session: SessionHandle, index: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  session.setPlaying(false);
  if (stores.model.getState().phase === 'ready')
    await session.seek(index).catch((error: unknown) => {
      if (!isFrameFault(error)) throw error;
    });
  else stores.playback.setState({ frameIndex: index });
  const { sources } = stores;
  await new Promise<void>((resolve, reject) => {
    const check = () => {
      if (!signal.aborted && !areSourcesSettled(sources.getState(), index)) return;
      stop();
      signal.removeEventListener('abort', check);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const stop = sources.subscribe(check);
    signal.addEventListener('abort', check);
    check();
  });
}

/** React hands a new volume to the 3D view in one picture, which is drawn in the next. */
async function drawnFrames(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise((resolve) => requestAnimationFrame(resolve));
}
