import { OccuscopeError } from '../../errors/catalogue.ts';
import { vector3, z } from '../../errors/schema.ts';
import {
  describeQuaternionFault,
  describeRigidFault,
  parseJson,
  parseWith,
  refuseFault,
  rigidTransform,
  unitQuaternion,
} from './checks.ts';
import { type Pose, type PoseTrack, readQuaternion } from './poses.ts';
import { guessTimeUnit, isTime, readTime } from './timestamps.ts';

/** A million poses at 100 Hz are almost three hours. */
const mostPoses = 1_000_000;
const largestText = 256 * 2 ** 20;

const recordSchema = z.union([
  z.looseObject({ timestamp: z.number(), rotation: unitQuaternion, translation: vector3() }),
  z.looseObject({ timestamp: z.number(), worldFromEgo: rigidTransform }),
]);

/** Words that headers of CSV files use, lower case without units and brackets. */
const columnNames = {
  time: ['timestamp', 'time', 't', 'stamp', 'timestampmicroseconds', 'timestampns', 'sec'],
  x: ['x', 'tx', 'px', 'prsrx', 'positionx', 'translationx', 'posx'],
  y: ['y', 'ty', 'py', 'prsry', 'positiony', 'translationy', 'posy'],
  z: ['z', 'tz', 'pz', 'prsrz', 'positionz', 'translationz', 'posz'],
  qw: ['qw', 'qrsw', 'rotationw', 'orientationw', 'quatw', 'rw'],
  qx: ['qx', 'qrsx', 'rotationx', 'orientationx', 'quatx', 'rx'],
  qy: ['qy', 'qrsy', 'rotationy', 'orientationy', 'quaty', 'ry'],
  qz: ['qz', 'qrsz', 'rotationz', 'orientationz', 'quatz', 'rz'],
} as const;

type Column = keyof typeof columnNames;
type TimedPose = Omit<Pose, 'timeMicroseconds'> & { readonly time: string };

/**
 * Read poses in any of the known forms: JSON (records with `timestamp` and `rotation` + `translation` or `worldFromEgo`), CSV with a
 * header, TUM (`time tx ty tz qx qy qz qw`) and KITTI (12 numbers of a 3x4 matrix a line, one line for each time of `frameTimes`).
 * KITTI's poses are those of camera 0 in its own axes: `moveToEgo` turns them. Throws `poses-invalid`.
 */
export function readPoses(text: string, name: string, frameTimes: readonly number[] | null = null): PoseTrack {
  if (text.length > largestText) refuse(name, `is ${Math.round(text.length / 2 ** 20)} MB long; poses are smaller`);
  if (/^\s*[[{]/.test(text)) return readJson(parseJson(text, 'poses-invalid', name), name);
  const lines = splitLines(text, name);
  const first = lines.find(({ isComment }) => !isComment);
  if (!first) refuse(name, 'holds no pose');
  if (lines[0]!.text.includes(',')) return readCsv(lines, name);
  const count = first.text.split(/\s+/).length;
  const rows = lines.filter(({ isComment }) => !isComment);
  if (count === 8) return readTum(rows, name);
  if (count === 12 || count === 16) return readKitti(rows, count, name, frameTimes);
  return refuse(name, `line ${first.number} has ${count} values; 8 (TUM), 12 (KITTI) or commas (CSV) are read`);
}

interface Line {
  readonly number: number;
  readonly text: string;
  readonly isComment: boolean;
}

function splitLines(text: string, name: string): Line[] {
  const lines: Line[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line !== '') lines.push({ number: index + 1, text: line, isComment: line.startsWith('#') });
    if (lines.length > mostPoses + 100) refuse(name, `holds more than ${mostPoses} poses`);
  }
  return lines;
}

function readJson(json: unknown, name: string): PoseTrack {
  const inner = Array.isArray(json) ? json : (json as { poses?: unknown }).poses;
  if (!Array.isArray(inner)) refuse(name, 'is neither a list of poses nor an object with a list “poses”');
  if (inner.length > mostPoses) refuse(name, `holds more than ${mostPoses} poses`);
  const records = parseWith(z.array(recordSchema), inner, 'poses-invalid', name);
  const poses = records.map((record): TimedPose => {
    const time = formatTime(record.timestamp);
    if ('rotation' in record && Array.isArray(record.rotation)) {
      const { rotation, translation } = record as { rotation: number[]; translation: [number, number, number] };
      return { time, rotation: unitOf(rotation), translation };
    }
    const matrix = Float64Array.from(record['worldFromEgo'] as number[]);
    return { time, rotation: readQuaternion(matrix), translation: [matrix[3]!, matrix[7]!, matrix[11]!] };
  });
  return orderPoses('JSON', poses, name);
}

/** Never in exponential form: the number of digits says the unit. */
function formatTime(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(9);
}

function readCsv(lines: readonly Line[], name: string): PoseTrack {
  const [header, ...rows] = lines as [Line, ...Line[]];
  const titles = header.text
    .replace(/^#/, '')
    .split(',')
    .map((title) =>
      title
        .replace(/\[.*?\]|\(.*?\)/g, '')
        .replace(/[^A-Za-z]/g, '')
        .toLowerCase(),
    );
  const columnOf = (column: Column): number => {
    const index = titles.findIndex((title) => (columnNames[column] as readonly string[]).includes(title));
    return index >= 0 ? index : refuse(name, `has no column ${column}; its columns are ${titles.join(', ')}`);
  };
  const columns = Object.fromEntries(
    (Object.keys(columnNames) as Column[]).map((key) => [key, columnOf(key)]),
  ) as Record<Column, number>;
  const poses = rows
    .filter(({ isComment }) => !isComment)
    .map((line): TimedPose => {
      const cells = line.text.split(',').map((cell) => cell.trim());
      const at = (column: Column) => readNumber(cells[columns[column]], line, name);
      return {
        time: readTimeCell(cells[columns.time], line, name),
        rotation: readRotation([at('qw'), at('qx'), at('qy'), at('qz')], line, name),
        translation: [at('x'), at('y'), at('z')],
      };
    });
  return orderPoses('CSV', poses, name);
}

function readTum(rows: readonly Line[], name: string): PoseTrack {
  const poses = rows.map((line): TimedPose => {
    const cells = splitCells(line, 8, name);
    const [x, y, z3, qx, qy, qz, qw] = cells.slice(1).map((cell) => readNumber(cell, line, name)) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      time: readTimeCell(cells[0], line, name),
      rotation: readRotation([qw, qx, qy, qz], line, name),
      translation: [x, y, z3],
    };
  });
  return orderPoses('TUM', poses, name);
}

function readKitti(rows: readonly Line[], count: number, name: string, times: readonly number[] | null): PoseTrack {
  if (!times) refuse(name, 'has KITTI poses, which carry no times; they need the times of the images in order');
  const poses = rows.slice(0, times.length).map((line, index): Pose => {
    const values = splitCells(line, count, name).map((cell) => readNumber(cell, line, name));
    const matrix = count === 16 ? values : [...values, 0, 0, 0, 1];
    refuseFault('poses-invalid', `${name} line ${line.number}`, describeRigidFault(matrix));
    const rigid = Float64Array.from(matrix);
    return {
      timeMicroseconds: times[index]!,
      rotation: readQuaternion(rigid),
      translation: [rigid[3]!, rigid[7]!, rigid[11]!],
    };
  });
  const notes = ['Poses without times: line 1 belongs to the first image of the first camera, and so on.'];
  if (rows.length !== times.length) notes.push(`${name} has ${rows.length} poses for ${times.length} images.`);
  return { format: 'KITTI', poses, notes };
}

function splitCells(line: Line, count: number, name: string): string[] {
  const cells = line.text.split(/\s+/);
  if (cells.length !== count) refuse(name, `line ${line.number} has ${cells.length} values instead of ${count}`);
  return cells;
}

function readNumber(cell: string | undefined, line: Line, name: string): number {
  const value = cell === undefined || cell === '' ? Number.NaN : Number(cell);
  return Number.isFinite(value)
    ? value
    : refuse(name, `line ${line.number}: “${(cell ?? '').slice(0, 40)}” is no number`);
}

function readTimeCell(cell: string | undefined, line: Line, name: string): string {
  const text = cell !== undefined && /e/i.test(cell) && Number.isFinite(Number(cell)) ? formatTime(Number(cell)) : cell;
  return text !== undefined && isTime(text)
    ? text
    : refuse(name, `line ${line.number}: “${(cell ?? '').slice(0, 40)}” is no time`);
}

function readRotation(q: readonly number[], line: Line, name: string): Pose['rotation'] {
  refuseFault('poses-invalid', `${name} line ${line.number}: the rotation`, describeQuaternionFault(q));
  return unitOf(q);
}

function unitOf(q: readonly number[]): Pose['rotation'] {
  const length = Math.hypot(...q);
  return q.map((value) => value / length) as unknown as Pose['rotation'];
}

function orderPoses(format: string, timed: readonly TimedPose[], name: string): PoseTrack {
  if (timed.length === 0) refuse(name, 'holds no pose');
  const unit = guessTimeUnit(timed.map(({ time }) => time));
  // Short whole numbers in a pose file are seconds: it has its own clock, and no rate.
  const poses = timed.map(({ time, ...pose }) => ({
    ...pose,
    timeMicroseconds: readTime(time, unit === 'frame' ? 'seconds' : unit, 1),
  }));
  poses.sort((a, b) => a.timeMicroseconds - b.timeMicroseconds);
  const unique = poses.filter(({ timeMicroseconds }, index) => timeMicroseconds !== poses[index - 1]?.timeMicroseconds);
  const doubled = poses.length - unique.length;
  const notes =
    doubled > 0
      ? [
          `${name}: ${doubled} ${doubled === 1 ? 'pose has' : 'poses have'} the time of another; the first of each is used.`,
        ]
      : [];
  return { format, poses: unique, notes };
}

function refuse(name: string, fault: string): never {
  throw new OccuscopeError('poses-invalid', { detail: `${name} ${fault}.` });
}
