import type { CurrentFrame, Report } from '../stores/session.ts';
import type { Stores } from '../stores/stores.ts';

interface ReportSources {
  readonly stores: Stores;
  readonly current: CurrentFrame | null;
  readonly storedBytes: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly browser: string;
}

/** Gather the diagnostics of this moment; holds no address, path or pixel, so that it can be posted anywhere. */
export function makeReport({ stores, current, storedBytes, versions, browser }: ReportSources): Report {
  const { clip } = stores.clip.getState();
  const model = stores.model.getState();
  const playback = stores.playback.getState();
  const problems = [stores.clip.getState().error, model.error, model.backendNote];
  return {
    format: 'occuscope-report/1',
    versions,
    browser,
    clip: clip && { id: clip.id, frames: clip.frames.length },
    model: model.card && { id: model.card.id, title: model.card.title },
    backend: model.backend,
    adapter: model.adapterName,
    isSoftwareAdapter: model.isSoftwareAdapter,
    warmUpMilliseconds: model.warmUpMilliseconds,
    frame: current && {
      index: current.frameIndex,
      wallMilliseconds: current.wallMilliseconds,
      timings: current.timings,
      timingMeaning:
        model.backend === 'webgpu' ? 'elapsed queue time on the GPU, gaps included' : 'wall time in the worker',
      voxels: Object.fromEntries(
        (clip?.classes.classes ?? []).map(({ name }, label) => [name, current.counts[label] ?? 0]),
      ),
    },
    cameras: listSights(stores),
    memory: { frames: playback.memoryFrames, storedFrames: playback.predictedFrames.size, storedBytes },
    problems: problems.flatMap((error) => (error ? [`${error.code}: ${error.sentence}`] : [])),
  };
}

/** What was measured of the images at the timeline's frame, and of no other. */
function listSights({ clip: clipStore, playback, sight }: Stores): Report['cameras'] {
  const { clip } = clipStore.getState();
  const { cameras } = sight.getState();
  return (clip?.cameraNames ?? []).map((name, camera) => {
    const found = cameras[camera];
    const isPresent = found?.clipId === clip?.id && found?.frameIndex === playback.getState().frameIndex;
    return { name, sight: found && isPresent ? { verdict: found.verdict, light: found.light } : null };
  });
}
