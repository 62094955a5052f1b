import { OccuscopeError } from '../../errors/catalogue.ts';
import { buildScenes, type SampleColumns } from './buildScenes.ts';
import { createTokenSet, type RowChoice } from './chooseRows.ts';
import { createFaultList, type FaultList } from './faultList.ts';
import { parseRows, type Row } from './parseRows.ts';
import { LIDAR, POSE_VALUES, type RootIndex, TABLES, type TableName } from './rootIndex.ts';
import { type Calibrations, type Channels, readCalibrations, readChannels, readPose } from './smallTables.ts';

/** The tables of one version. `log` may be missing. */
export type TableFiles = Readonly<Partial<Record<TableName, Blob>>>;

/** How reading goes. Bytes of all tables together. */
export interface TablesProgress {
  readonly table: TableName;
  readonly loaded: number;
  readonly total: number;
}

export interface ReadTablesOptions {
  readonly version: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: TablesProgress) => void;
  /** For tests. */
  readonly pieceBytes?: number;
}

/**
 * Make the index of a version's key frames. `sample_data` and `ego_pose` pass by in pieces and only rows of key frames of the cameras and
 * the lidar are kept, so that memory depends on the key frames and not on the tables' size.
 * Faults of single rows become sentences in the index; throws `tables-invalid` where a table is missing or no table, and the signal's reason.
 */
export async function readTables(files: TableFiles, options: ReadTablesOptions): Promise<RootIndex> {
  const missing = TABLES.filter((name) => name !== 'log' && !files[name]);
  if (missing.length > 0) {
    throw new OccuscopeError('tables-invalid', {
      detail: `${options.version} has no ${missing.join('.json, no ')}.json.`,
    });
  }
  const faults = createFaultList();
  const visit = createVisitor(files, options, faults);
  const channels = readChannels(await visit.all('sensor'), faults);
  const calibrations = readCalibrations(await visit.all('calibrated_sensor'), channels, faults);
  const logs = files.log ? await visit.all('log') : [];
  const { scenes, samples } = buildScenes(await visit.all('scene'), await visit.all('sample'), logs, faults);
  const slots = createSlots(channels, calibrations, samples, faults);
  await visit.each('sample_data', (row) => slots.addData(row), { kind: 'true' });
  slots.reportUnknown();
  const poses = createPoses(slots.poseTokens, faults);
  await visit.each('ego_pose', (row) => poses.add(row), { kind: 'tokens', tokens: createTokenSet(poses.wanted) });
  poses.reportMissing();
  return {
    format: 'occuscope-nuscenes-index/3',
    version: options.version,
    channels: channels.names,
    scenes,
    sampleTokens: samples.tokens,
    sampleTimes: samples.times,
    lidarTokens: slots.lidarTokens,
    calibrationOf: slots.calibrationOf,
    times: slots.times,
    widths: slots.widths,
    heights: slots.heights,
    poses: poses.values,
    ...packNames(slots.names),
    calibrationTokens: calibrations.tokens,
    calibrationPoses: calibrations.poses,
    intrinsics: calibrations.intrinsics,
    faults: faults.list(),
  };
}

function createVisitor(
  files: TableFiles,
  { version, signal, onProgress, pieceBytes }: ReadTablesOptions,
  faults: FaultList,
) {
  const total = Object.values(files).reduce((sum, { size }) => sum + size, 0);
  let loaded = 0;
  const each = async (table: TableName, take: (row: Row) => void, choice?: RowChoice) => {
    const onBytes = (count: number) => {
      loaded += count;
      onProgress?.({ table, loaded, total });
    };
    const onFault = (sentence: string) => faults.add(`${table}.json`, `${table}.json: ${sentence}`);
    try {
      const rows = parseRows(files[table]!, { signal, onBytes, onFault, choice, ...(pieceBytes && { pieceBytes }) });
      for await (const batch of rows) for (const row of batch) take(row);
    } catch (cause) {
      signal.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OccuscopeError('tables-invalid', { detail: `${version}/${table}.json ${reason}.`, cause });
    }
  };
  return {
    each,
    async all(table: TableName): Promise<Row[]> {
      const rows: Row[] = [];
      await each(table, (row) => rows.push(row));
      return rows;
    },
  };
}

/** Columns with one place for each sample and channel, filled from the key frames of `sample_data`. */
function createSlots(channels: Channels, calibrations: Calibrations, samples: SampleColumns, faults: FaultList) {
  const width = channels.names.length;
  const count = samples.tokens.length * width;
  const calibrationOf = new Int32Array(count).fill(-1);
  const times = new Float64Array(count);
  const widths = new Uint16Array(count);
  const heights = new Uint16Array(count);
  const names = new Array<string>(count).fill('');
  const poseTokens = new Array<string>(count).fill('');
  const lidarTokens = new Array<string>(samples.tokens.length).fill('');
  const lidar = channels.names.indexOf(LIDAR);
  const unknown = new Set<string>();
  const lostSamples = new Set<string>();
  // Radars have calibrations that are not kept; only a calibration that the tables do not have at all is a fault.
  const isKept = ({ calibrated_sensor_token: token }: Row) => !calibrations.others.has(String(token));
  const addData = (row: Row) => {
    if (row['is_key_frame'] !== true) return;
    const calibrationToken = String(row['calibrated_sensor_token']);
    const calibration = calibrations.ofToken.get(calibrationToken);
    if (calibration === undefined) {
      if (isKept(row)) unknown.add(calibrationToken);
      return;
    }
    const sample = samples.places.get(String(row['sample_token']));
    const words = () => `Key frame ${String(row['token'])} of ${channels.names[calibrations.channels[calibration]!]}`;
    if (sample === undefined) {
      const token = String(row['sample_token']);
      if (!lostSamples.has(token))
        faults.add('Key frames', `Key frames belong to sample ${token}, which no scene has.`);
      lostSamples.add(token);
      return;
    }
    const { timestamp, filename, width: columns, height: rows } = row;
    if (typeof timestamp !== 'number' || typeof filename !== 'string' || filename === '') {
      return faults.add('Key frames', `${words()} has no time or no file name.`);
    }
    const slot = sample * width + calibrations.channels[calibration]!;
    if (calibrationOf[slot] !== -1) {
      return faults.add('Key frames', `${words()} is the second of its sample; the first is used.`);
    }
    calibrationOf[slot] = calibration;
    times[slot] = timestamp;
    widths[slot] = typeof columns === 'number' ? columns : 0;
    heights[slot] = typeof rows === 'number' ? rows : 0;
    names[slot] = filename;
    poseTokens[slot] = String(row['ego_pose_token']);
    if (calibrations.channels[calibration] === lidar) lidarTokens[sample] = String(row['token'] ?? '');
  };
  const reportUnknown = () => {
    for (const token of unknown)
      faults.add('Key frames', `The tables have no calibration ${token}; its key frames are left out.`);
  };
  return { calibrationOf, times, widths, heights, names, poseTokens, lidarTokens, addData, reportUnknown };
}

/** Poses of the slots, found by their tokens; one pose may serve many slots. */
function createPoses(poseTokens: readonly string[], faults: FaultList) {
  const values = new Float64Array(poseTokens.length * POSE_VALUES).fill(Number.NaN);
  const first = new Map<string, number>();
  const next = new Int32Array(poseTokens.length).fill(-1);
  poseTokens.forEach((token, slot) => {
    if (token === '') return;
    next[slot] = first.get(token) ?? -1;
    first.set(token, slot);
  });
  return {
    values,
    /** Tokens of poses that have not come yet. */
    wanted: first,
    add(row: Row) {
      const token = String(row['token']);
      const slot = first.get(token);
      if (slot === undefined) return;
      first.delete(token);
      const fault = readPose(row, values, slot);
      if (fault) faults.add('Poses', `Pose ${token} ${fault}`);
      for (let other = next[slot]!; other !== -1; other = next[other]!) {
        values.copyWithin(other * POSE_VALUES, slot * POSE_VALUES, (slot + 1) * POSE_VALUES);
      }
    },
    reportMissing() {
      for (const token of first.keys()) faults.add('Poses', `The tables have no ego pose ${token}.`);
    },
  };
}

function packNames(names: readonly string[]): { fileBytes: Uint8Array; fileOffsets: Uint32Array } {
  const encoder = new TextEncoder();
  const fileOffsets = new Uint32Array(names.length + 1);
  let fileBytes = new Uint8Array(Math.max(64, names.length * 96));
  let end = 0;
  names.forEach((name, slot) => {
    const bytes = encoder.encode(name);
    if (end + bytes.length > fileBytes.length) {
      const larger = new Uint8Array((end + bytes.length) * 2);
      larger.set(fileBytes);
      fileBytes = larger;
    }
    fileBytes.set(bytes, end);
    end += bytes.length;
    fileOffsets[slot + 1] = end;
  });
  return { fileBytes: fileBytes.slice(0, end), fileOffsets };
}
