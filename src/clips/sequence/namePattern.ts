import { OccuscopeError } from '../../errors/catalogue.ts';
import { isTime } from './timestamps.ts';

/** One image of a camera, by what its path says. */
export interface NamedImage {
  readonly path: string;
  /** Digits with an optional fraction; empty where the pattern has no `{time}`. */
  readonly timeText: string;
}

export interface NamedCamera {
  readonly name: string;
  readonly images: readonly NamedImage[];
}

/** Paths sorted into cameras by a pattern. */
export interface PatternMatch {
  readonly pattern: string;
  readonly cameras: readonly NamedCamera[];
  /** Images that the pattern does not fit. */
  readonly unmatched: readonly string[];
}

/** More cameras than this in one folder is a pattern that splits in the wrong place. */
export const mostCameras = 64;

const longestPattern = 200;

/** Names of files after the folders are settled, from the most telling to the least. */
const filePatterns = ['{time}.*', '*{time}.*', '*'];
const flatPatterns = [
  '*__{camera}__{time}.*',
  '{camera}_{time}.*',
  '{camera}-{time}.*',
  '{time}_{camera}.*',
  '{time}-{camera}.*',
  '{camera}.{time}.*',
  '{time}.*',
  '{camera}{time}.*',
  '{camera}.*',
];

/**
 * Turn a pattern into a regular expression: `{camera}` and `*` stand for anything within one folder or file name,
 * `{time}` for digits with an optional fraction. Throws `sequence-invalid` saying what is wrong with it.
 */
export function compilePattern(pattern: string): RegExp {
  const parts = pattern.split(/(\{camera\}|\{time\}|\*)/);
  const count = (what: string) => parts.filter((part) => part === what).length;
  if (pattern.length > longestPattern) refuse(pattern, `is longer than ${longestPattern} characters`);
  if (count('{camera}') > 1 || count('{time}') > 1) refuse(pattern, 'names {camera} or {time} twice');
  if (count('*') > 4) refuse(pattern, 'has more than four *');
  if (/[{}]/.test(pattern.replace('{camera}', '').replace('{time}', '')))
    refuse(pattern, 'has braces that are neither {camera} nor {time}');
  const source = parts.map((part, index) => {
    if (part === '{camera}') return '(?<camera>[^/]+?)';
    if (part === '{time}') return String.raw`(?<time>\d+(?:\.\d+)?)`;
    // A star before the time ends where the digits begin.
    if (part === '*')
      return parts[index + 1] === '' && parts[index + 2] === '{time}' ? String.raw`(?:[^/]*?[^/\d])??` : '[^/]*';
    return part.replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source.join('')}$`, 'u');
}

/** Sort image paths into cameras. Cameras and images come in the order of their names and times as text. Throws `sequence-invalid`. */
export function matchPattern(paths: readonly string[], pattern: string): PatternMatch {
  const expression = compilePattern(pattern);
  const cameras = new Map<string, NamedImage[]>();
  const unmatched: string[] = [];
  for (const path of paths) {
    const groups = path.length <= 1000 ? expression.exec(path)?.groups : undefined;
    const timeText = groups?.['time'] ?? '';
    if ((!groups && !expression.test(path)) || (timeText !== '' && !isTime(timeText))) {
      unmatched.push(path);
      continue;
    }
    const name = groups?.['camera'] ?? 'camera';
    const images = cameras.get(name) ?? [];
    images.push({ path, timeText });
    cameras.set(name, images);
  }
  const named = [...cameras].map(([name, images]) => ({ name, images }));
  named.sort((a, b) => compareNames(a.name, b.name));
  return { pattern, cameras: named, unmatched };
}

/** As people count: `cam2` before `cam10`. */
const collator = new Intl.Collator('en', { numeric: true });

export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}

/**
 * Guess how images are named: the folder that differs names the camera, else a part of the file name does.
 * Returns every pattern that fits, best first; nothing where there are no images.
 */
export function guessPatterns(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  // A few hundred names spread over all of them decide; counting all of 200,000 for each pattern would take seconds.
  const step = Math.max(1, Math.floor(paths.length / 600));
  const sample = paths.filter((_, index) => index % step === 0);
  const candidates = [...guessFolderPatterns(sample), ...guessFlatPatterns(sample)];
  const scored = candidates.map((pattern, order) => ({
    pattern,
    order,
    score: scoreMatch(matchPattern(sample, pattern), sample.length),
  }));
  const fitting = scored.filter(({ score }) => score > 0.5);
  fitting.sort((a, b) => b.score - a.score || a.order - b.order);
  return fitting.map(({ pattern }) => pattern);
}

function guessFolderPatterns(paths: readonly string[]): string[] {
  const folders = [...new Set(paths.map((path) => path.split('/').slice(0, -1).join('/')))].map((folder) =>
    folder.split('/'),
  );
  const [first] = folders;
  if (!first || folders.length < 2 || folders.length > mostCameras) return [];
  if (folders.some((folder) => folder.length !== first.length)) return [];
  const differing = first
    .map((_, index) => index)
    .filter((index) => new Set(folders.map((folder) => folder[index])).size > 1);
  if (differing.length !== 1) return [];
  const folder = first.map((part, index) => (index === differing[0] ? '{camera}' : part)).join('/');
  return filePatterns.map((file) => `${folder}/${file}`);
}

function guessFlatPatterns(paths: readonly string[]): string[] {
  const folders = [...new Set(paths.map((path) => path.split('/').slice(0, -1).join('/')))];
  const prefix =
    folders.length === 1
      ? folders[0] === ''
        ? ''
        : `${folders[0]}/`
      : `${'*/'.repeat(paths[0]!.split('/').length - 1)}`;
  return flatPatterns.map((file) => `${prefix}${file}`);
}

/** 0 to 1: how many images it explains, how evenly over the cameras, and whether it says when they were taken. */
function scoreMatch({ cameras, pattern }: PatternMatch, total: number): number {
  if (cameras.length === 0 || cameras.length > mostCameras) return 0;
  const counts = cameras.map(({ images }) => images.length);
  const explained = counts.reduce((sum, count) => sum + count, 0) / total;
  const evenness = Math.min(...counts) / Math.max(...counts);
  const hasTime = pattern.includes('{time}');
  const timesDiffer =
    !hasTime || cameras.every(({ images }) => new Set(images.map(({ timeText }) => timeText)).size === images.length);
  // One image for each name explains any folder of files: only believed where there are few, or where cameras are folders.
  // Folders that differ usually mean something.
  const skipsFolders = pattern.startsWith('*/');
  const isOneEach = Math.max(...counts) === 1 && cameras.length > 8 && !pattern.includes('{camera}/');
  return (
    explained *
    (0.7 + 0.3 * evenness) *
    (timesDiffer ? 1 : 0.6) *
    (hasTime ? 1 : 0.8) *
    (isOneEach ? 0.5 : 1) *
    (skipsFolders ? 0.85 : 1)
  );
}

function refuse(pattern: string, fault: string): never {
  throw new OccuscopeError('sequence-invalid', {
    detail: `The pattern “${pattern.slice(0, longestPattern)}” ${fault}.`,
  });
}
