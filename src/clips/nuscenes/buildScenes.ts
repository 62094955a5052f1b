import type { FaultList } from './faultList.ts';
import type { Row } from './parseRows.ts';
import type { SceneEntry } from './rootIndex.ts';

/** Samples of all scenes, scene after scene, each in the order of time. */
export interface SampleColumns {
  readonly tokens: readonly string[];
  /** Microseconds. */
  readonly times: Float64Array;
  readonly places: ReadonlyMap<string, number>;
}

interface Sample {
  readonly token: string;
  readonly time: number;
  readonly next: string;
}

/** Join scenes, samples and logs. The order of a scene's samples is that of time; a chain of `next` that says otherwise is told. */
export function buildScenes(
  sceneRows: readonly Row[],
  sampleRows: readonly Row[],
  logRows: readonly Row[],
  faults: FaultList,
): { scenes: SceneEntry[]; samples: SampleColumns } {
  const locations = new Map(logRows.map(({ token, location }) => [String(token), String(location ?? '')]));
  const samplesOf = groupSamples(sampleRows, faults);
  const tokens: string[] = [];
  const times: number[] = [];
  const known = new Set<string>();
  const scenes = [...sceneRows].sort(compareNames).flatMap((row): SceneEntry[] => {
    const token = String(row['token']);
    if (typeof row['name'] !== 'string' || known.has(token)) {
      faults.add('Scenes', `Scene ${token} has no name or is there twice, and is left out.`);
      return [];
    }
    known.add(token);
    const samples = samplesOf.get(token) ?? [];
    const firstSample = tokens.length;
    for (const sample of samples) {
      tokens.push(sample.token);
      times.push(sample.time);
    }
    return [
      {
        token,
        name: row['name'],
        description: String(row['description'] ?? ''),
        location: locations.get(String(row['log_token'])) ?? '',
        firstSample,
        sampleCount: samples.length,
        faults: findSceneFaults(String(row['first_sample_token'] ?? ''), samples),
      },
    ];
  });
  for (const token of samplesOf.keys()) {
    if (!known.has(token)) faults.add('Samples', `The tables have no scene ${token}, which samples belong to.`);
  }
  const places = new Map(tokens.map((token, place) => [token, place]));
  return { scenes, samples: { tokens, times: Float64Array.from(times), places } };
}

function compareNames({ name: a }: Row, { name: b }: Row): number {
  return String(a) < String(b) ? -1 : 1;
}

function groupSamples(rows: readonly Row[], faults: FaultList): Map<string, Sample[]> {
  const groups = new Map<string, Sample[]>();
  const known = new Set<string>();
  for (const { token, timestamp, scene_token, next } of rows) {
    if (typeof token !== 'string' || typeof timestamp !== 'number' || known.has(token)) {
      faults.add('Samples', `Sample ${String(token)} has no time or is there twice, and is left out.`);
      continue;
    }
    known.add(token);
    const group = groups.get(String(scene_token)) ?? [];
    groups.set(String(scene_token), group);
    group.push({ token, time: timestamp, next: String(next ?? '') });
  }
  for (const group of groups.values()) group.sort((a, b) => a.time - b.time);
  return groups;
}

function findSceneFaults(first: string, samples: readonly Sample[]): string[] {
  if (samples.length === 0) return ['The tables have no samples of this scene.'];
  const faults: string[] = [];
  const twin = samples.findIndex((sample, index) => index > 0 && sample.time === samples[index - 1]!.time);
  if (twin > 0) faults.push(`Samples ${samples[twin - 1]!.token} and ${samples[twin]!.token} have the same time.`);
  const chain = findChainFault(first, samples);
  if (chain) faults.push(`${chain} The samples are shown in the order of time.`);
  return faults;
}

/** What is wrong with the chain of `next`, or null where it visits the samples in the order of time. */
function findChainFault(first: string, samples: readonly Sample[]): string | null {
  const byToken = new Map(samples.map((sample) => [sample.token, sample]));
  const seen = new Set<string>();
  for (let token = first; token !== ''; token = byToken.get(token)!.next) {
    if (seen.has(token)) return `The chain of samples comes back to ${token}.`;
    if (!byToken.has(token)) return `The chain of samples leads to ${token}, which this scene does not have.`;
    seen.add(token);
  }
  if (seen.size < samples.length) return `The chain of samples visits ${seen.size} of ${samples.length}.`;
  const isInOrder = [...seen].every(
    (token, index) => samples[index]!.token === token || samples[index]!.time === byToken.get(token)!.time,
  );
  return isInOrder ? null : 'The chain of samples runs back in time.';
}
