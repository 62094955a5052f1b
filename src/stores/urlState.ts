import { checked, matchingText, z } from '../errors/schema.ts';
import type { Backend } from './modelStore.ts';
import { isOther, isPaneContent, type PaneContent, type PredictionId } from './paneContent.ts';
import { MAXIMUM_PANES } from './panes.ts';
import { CAMERA_PRESETS, PALETTES, type PaletteId, type ViewPreset } from './viewStore.ts';

/** What the address says; absent parts are left to the page. */
export interface UrlState {
  readonly clip?: string | undefined;
  readonly model?: string | undefined;
  readonly frame?: number | undefined;
  readonly backend?: Backend | undefined;
  readonly view?: ViewPreset | undefined;
  /** What the columns show, left to right. */
  readonly show?: readonly PaneContent[] | undefined;
  /** Widths of the columns in per cent of the row. */
  readonly widths?: readonly number[] | undefined;
  /** The first two columns over each other. */
  readonly layout?: 'swipe' | undefined;
  /** Cameras of the columns are not linked. */
  readonly cameras?: 'apart' | undefined;
  /** Free camera: position then target, ego axes of the frame, metres. */
  readonly pose?: readonly number[] | undefined;
  /** The comparison judges every voxel, seen or not. */
  readonly mask?: 'off' | undefined;
  /** Metric that colours the timeline; opens the metrics. */
  readonly metric?: string | undefined;
  /** Whose numbers the metrics show, and whose beside them. */
  readonly of?: PredictionId | undefined;
  readonly beside?: PredictionId | undefined;
  /** How the open model uses its memory. */
  readonly memory?: 'unmoved' | 'off' | undefined;
  /** Outcomes of a comparison that are drawn. */
  readonly outcomes?: readonly OutcomeWord[] | 'none' | undefined;
  /** Voxels over the camera images. */
  readonly voxels?: 'prediction' | 'truth' | undefined;
  /** How opaque those are, per cent. */
  readonly opacity?: number | undefined;
  /** Rig index of the camera whose sight limits what is drawn. */
  readonly seen?: number | undefined;
  /** Lowest and highest voxel layer drawn. */
  readonly height?: readonly number[] | undefined;
  readonly hide?: readonly number[] | undefined;
  readonly palette?: PaletteId | undefined;
}

/** Outcomes by their label in OUTCOME_CLASSES. */
export const OUTCOME_WORDS = ['right', 'missed', 'invented', 'wrong', 'unseen'] as const;
export type OutcomeWord = (typeof OUTCOME_WORDS)[number];

const id = matchingText(/^[\w.-]{1,80}$/, 'must be a name of letters, digits, dots, hyphens');

/** A model package by the path of its zip on this site, absolute or relative to the page. */
export function isZipPath(text: string): boolean {
  return /^[\w./~%+-]{1,300}\.zip$/i.test(text) && !text.startsWith('//');
}

/** A packaged clip by the path of its folder, its `clip.json` or its zip, absolute or relative to the page; never of another site. */
export function isClipPath(text: string): boolean {
  return (
    /^[\w./~%+-]{1,300}$/.test(text) &&
    !/^\/\/|(^|\/)\.\.(\/|$)/.test(text) &&
    (text.includes('/') || /\.(zip|json)$/i.test(text))
  );
}

const numberList = (pattern: RegExp, message: string) =>
  z.pipe(
    matchingText(pattern, message),
    z.transform((text) => text.split(',').map(Number)),
  );

const outcome = OUTCOME_WORDS.join('|');

const prediction = checked(
  z.string(),
  z.refine(
    (text) => text === 'prediction' || (isOther(text) && isPaneContent(text)),
    'must be prediction, model:… or stored:…',
  ),
);

const fields = {
  clip: z.union(
    [id, checked(z.string(), z.refine(isClipPath))],
    'must be a name of letters, digits, dots, hyphens, or the path of a folder or zip on this site',
  ),
  model: z.union(
    [id, checked(z.string(), z.refine(isZipPath))],
    'must be a name of letters, digits, dots, hyphens, or the path of a zip on this site',
  ),
  frame: z.pipe(matchingText(/^\d{1,6}$/, 'must be a whole number'), z.transform(Number)),
  backend: z.enum(['webgpu', 'cpu'], 'must be webgpu or cpu'),
  view: z.union(
    [
      z.enum(CAMERA_PRESETS),
      z.pipe(
        matchingText(/^camera:\d$/),
        z.transform((text) => text as ViewPreset),
      ),
    ],
    `must be ${CAMERA_PRESETS.join(', ')} or camera:0 to camera:9`,
  ),
  show: z.pipe(
    z.pipe(
      z.string(),
      z.transform((text) => text.split(',')),
    ),
    z
      .array(
        checked(z.string(), z.refine(isPaneContent, 'must name columns as docs/automation.md lists them, with commas')),
      )
      .check(z.maxLength(MAXIMUM_PANES, `must name at most ${MAXIMUM_PANES} columns`)),
  ),
  widths: numberList(/^\d{1,3}(,\d{1,3}){1,3}$/, 'must be a width in per cent for each column, with commas'),
  layout: z.enum(['swipe'], 'must be swipe'),
  cameras: z.enum(['apart'], 'must be apart'),
  pose: numberList(/^-?\d{1,4}(\.\d{1,2})?(,-?\d{1,4}(\.\d{1,2})?){5}$/, 'must be six numbers with commas'),
  mask: z.enum(['off'], 'must be off'),
  metric: matchingText(/^[a-z0-9-]{1,30}$/, 'must be the name of a metric'),
  of: prediction,
  beside: prediction,
  memory: z.enum(['unmoved', 'off'], 'must be unmoved or off'),
  outcomes: z.pipe(
    matchingText(
      new RegExp(`^(none|(${outcome})(,(${outcome}))*)$`),
      `must be some of ${OUTCOME_WORDS.join(', ')}, or none`,
    ),
    z.transform((text) => (text === 'none' ? 'none' : (text.split(',') as OutcomeWord[]))),
  ),
  voxels: z.enum(['prediction', 'truth'], 'must be prediction or truth'),
  opacity: z.pipe(matchingText(/^(100|\d{1,2})$/, 'must be a number from 0 to 100'), z.transform(Number)),
  seen: z.pipe(matchingText(/^\d$/, 'must be the number of a camera, from 0'), z.transform(Number)),
  height: numberList(/^\d{1,2},\d{1,2}$/, 'must be two layers with a comma'),
  hide: numberList(/^\d{1,2}(,\d{1,2})*$/, 'must be label numbers with commas'),
  palette: z.enum(PALETTES, `must be ${PALETTES.join(', ')}`),
} as const satisfies Record<keyof UrlState, z.ZodMiniType>;

/** Read the query of an address. Each bad value is left out and named in `faults`; parameters of others are ignored. */
export function parseUrlState(search: string): { readonly state: UrlState; readonly faults: readonly string[] } {
  const parameters = new URLSearchParams(search);
  const state: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, schema] of Object.entries(fields)) {
    const text = parameters.get(name);
    if (text === null) continue;
    const parsed = (schema as z.ZodMiniType).safeParse(text);
    if (parsed.success) state[name] = parsed.data;
    else faults.push(`The link’s “${name}” ${parsed.error.issues[0]?.message ?? 'is not valid'}: ${text.slice(0, 60)}`);
  }
  return { state: state as UrlState, faults };
}

/** Write the state over the query of an address; parameters of others stay. Empty and absent parts are removed. */
export function formatUrlState(state: UrlState, search: string): string {
  const parameters = new URLSearchParams(search);
  for (const name of Object.keys(fields) as (keyof UrlState)[]) {
    const value = state[name];
    const text = Array.isArray(value) ? value.join(',') : value === undefined ? '' : String(value);
    if (text) parameters.set(name, text);
    else parameters.delete(name);
  }
  const query = parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return query ? `?${query}` : '';
}
