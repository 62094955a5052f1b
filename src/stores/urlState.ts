import { checked, matchingText, z } from '../errors/schema.ts';
import type { Backend } from './modelStore.ts';
import { MAXIMUM_PANES, PANE_CONTENTS, type PaneContent } from './panes.ts';
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
  /** Lowest and highest voxel layer drawn. */
  readonly height?: readonly number[] | undefined;
  readonly hide?: readonly number[] | undefined;
  readonly palette?: PaletteId | undefined;
}

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
      .array(z.enum(PANE_CONTENTS, `must be some of ${PANE_CONTENTS.join(', ')} with commas`))
      .check(z.maxLength(MAXIMUM_PANES, `must name at most ${MAXIMUM_PANES} columns`)),
  ),
  layout: z.enum(['swipe'], 'must be swipe'),
  cameras: z.enum(['apart'], 'must be apart'),
  pose: z.pipe(
    matchingText(/^-?\d{1,4}(\.\d{1,2})?(,-?\d{1,4}(\.\d{1,2})?){5}$/, 'must be six numbers with commas'),
    z.transform((text) => text.split(',').map(Number)),
  ),
  mask: z.enum(['off'], 'must be off'),
  metric: matchingText(/^[a-z0-9-]{1,30}$/, 'must be the name of a metric'),
  height: z.pipe(
    matchingText(/^\d{1,2},\d{1,2}$/, 'must be two layers with a comma'),
    z.transform((text) => text.split(',').map(Number)),
  ),
  hide: z.pipe(
    matchingText(/^\d{1,2}(,\d{1,2})*$/, 'must be label numbers with commas'),
    z.transform((text) => text.split(',').map(Number)),
  ),
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
