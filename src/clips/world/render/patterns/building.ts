import { cloudTile, grainTile, hashUnit, sampleNoise } from '../noise.ts';
import { fadeDetail, filterLines, type PreparedMaterial, type SurfaceSample, softStep } from '../surfaceSample.ts';

/** Rain streaks, dirt near the ground and slow changes of tone. */
function weatherWall(s: SurfaceSample, m: PreparedMaterial, strength: number): void {
  const f = s.footprint;
  const along = s.u;
  const broad = sampleNoise(cloudTile, along * 1.9 + m.shift, s.v * 1.9, f * 1.9);
  const streak = sampleNoise(cloudTile, along * 30 + m.shift, s.v * 1.6, f * 14);
  const fine = sampleNoise(grainTile, along * 40, s.v * 40, f * 40);
  let light = 1 + strength * (0.18 * broad + 0.16 * streak + 0.14 * fine);
  if (s.v < 0.7 && s.v > -0.2) light *= 1 - 0.25 * (0.7 - s.v) * (1 + broad);
  s.scale(light);
}

/** Bricks in running bond; `scale` is the length of a brick. */
export function paintBrick(s: SurfaceSample, m: PreparedMaterial): void {
  const f = s.footprint;
  const long = m.scale < 1 ? m.scale : 0.25;
  const tall = long * 0.34;
  const row = Math.floor(s.v / tall);
  const shifted = s.u + (row & 1) * long * 0.5;
  const column = Math.floor(shifted / long);
  const own = (hashUnit(column, row, m.seed) - 0.5) * fadeDetail(long * 0.7, s.footprintAlong);
  const joint = Math.max(
    filterLines(shifted, long, long * 0.06, s.footprintAlong),
    filterLines(s.v, tall, tall * 0.16, f),
  );
  s.scale(1 + 0.55 * own);
  s.blend(m.secondColour, joint * 0.75);
  weatherWall(s, m, 1);
}

/** Cast panels of `scale` metres with joints and tie holes. */
export function paintConcrete(s: SurfaceSample, m: PreparedMaterial): void {
  const f = s.footprint;
  const pitch = Math.max(m.scale, 0.4);
  const own = (hashUnit(Math.floor(s.u / pitch), Math.floor(s.v / pitch), m.seed) - 0.5) * fadeDetail(pitch, f);
  const joint = Math.max(filterLines(s.u, pitch, 0.02, s.footprintAlong), filterLines(s.v, pitch, 0.02, f));
  s.scale((1 + 0.13 * own) * (1 - 0.5 * joint));
  weatherWall(s, m, 1.1);
}

/** Rendered wall. */
export function paintPlaster(s: SurfaceSample, m: PreparedMaterial): void {
  weatherWall(s, m, 0.75);
}

const frameLight = [0.6, 0.59, 0.56] as const;
const frameDark = [0.08, 0.08, 0.09] as const;
const curtainPale = [0.36, 0.34, 0.3] as const;

/**
 * A wall with rows of windows about every `scale` metres, fitted to the face so that none is cut.
 * The wall is in `colour`, the panes in `secondColour`; sills, frames and belts follow from the seed.
 */
export function paintFacade(s: SurfaceSample, m: PreparedMaterial): void {
  const f = s.footprint;
  const style = hashUnit(m.seed, 3, 17);
  const wide = Math.max(s.uHigh - s.uLow, 0.5);
  const tall = Math.max(s.vHigh - s.vLow, 0.5);
  const columns = Math.max(1, Math.round(wide / Math.max(m.scale, 1.2)));
  const storeys = Math.max(1, Math.round(tall / (2.9 + 0.6 * hashUnit(m.seed, 6, 17))));
  const pitch = wide / columns;
  const storeyMetres = tall / storeys;
  const column = Math.floor((s.u - s.uLow) / pitch);
  const storey = Math.floor((s.v - s.vLow) / storeyMetres);
  const across = s.u - s.uLow - column * pitch;
  const up = s.v - s.vLow - storey * storeyMetres;
  const band = style > 0.88;
  const halfWidth = band ? pitch : pitch * (0.2 + 0.17 * hashUnit(m.seed, 4, 17));
  const bottom = storeyMetres * (style > 0.6 && !band ? 0.16 : 0.3);
  const top = storeyMetres * (0.76 + 0.1 * hashUnit(m.seed, 5, 17));
  const beside = Math.abs(across - pitch * 0.5) - halfWidth;
  // How far inside the opening, metres; negative outside.
  const inside = Math.min(-beside, up - bottom, top - up);
  // The edge that is nearest decides how soft it is: standing edges shrink when seen at a slant.
  const edge = inside === -beside ? s.footprintAlong : f;
  const opening = softStep(0, Math.max(edge, 0.02), inside);
  if (opening < 1) paintWallPart(s, m, style, beside, up, bottom, top);
  if (opening <= 0) return;
  const wallRed = s.red;
  const wallGreen = s.green;
  const wallBlue = s.blue;
  paintWindow(s, m, style, column, storey, inside, across - pitch * 0.5, (up - bottom) / (top - bottom));
  s.red = wallRed + (s.red - wallRed) * opening;
  s.green = wallGreen + (s.green - wallGreen) * opening;
  s.blue = wallBlue + (s.blue - wallBlue) * opening;
  s.mirror *= opening;
  s.glowRed *= opening;
  s.glowGreen *= opening;
  s.glowBlue *= opening;
}

function paintWallPart(
  s: SurfaceSample,
  m: PreparedMaterial,
  style: number,
  beside: number,
  up: number,
  bottom: number,
  top: number,
): void {
  const f = s.footprint;
  const near = 1 - softStep(0.13, f + 0.02, beside);
  const sill = near * softStep(bottom - 0.14, f + 0.01, up) * (1 - softStep(bottom, f + 0.01, up));
  const lintel = near * softStep(top, f + 0.01, up) * (1 - softStep(top + 0.2, f + 0.01, up));
  const belt = 1 - softStep(0.22, f + 0.02, up);
  if (style < 0.4) {
    const course = 0.075;
    const row = Math.floor(s.v / course);
    const shifted = s.u + (row & 1) * 0.11;
    const own = (hashUnit(Math.floor(shifted / 0.22), row, m.seed) - 0.5) * fadeDetail(0.16, f);
    s.scale(1 + 0.4 * own - 0.14 * filterLines(s.v, course, 0.012, f) * fadeDetail(0.075, f));
  }
  const trim = Math.min(1, sill + (style < 0.5 ? 0.7 * lintel : 0) + (style > 0.55 ? 0.7 * belt : 0.2 * belt));
  s.red += (0.15 + 0.6 * s.red - s.red) * trim;
  s.green += (0.145 + 0.6 * s.green - s.green) * trim;
  s.blue += (0.135 + 0.6 * s.blue - s.blue) * trim;
  // The sill's shadow on the wall below it, and soot where rain runs off beside it.
  s.scale(1 - 0.3 * near * softStep(bottom - 0.4, 0.2, up) * (1 - softStep(bottom - 0.14, f + 0.01, up)));
  weatherWall(s, m, 1);
}

function paintWindow(
  s: SurfaceSample,
  m: PreparedMaterial,
  style: number,
  column: number,
  storey: number,
  inside: number,
  fromMiddle: number,
  height: number,
): void {
  const f = s.footprint;
  const own = hashUnit(column, storey, m.seed + 1);
  const mullion =
    (1 - softStep(0.035, s.footprintAlong + 0.01, Math.abs(fromMiddle))) * fadeDetail(0.2, s.footprintAlong);
  const transom = style > 0.5 ? 1 - softStep(0.025, f + 0.01, Math.abs(height - 0.68) * 1.4) : 0;
  const frame = Math.max(1 - softStep(0.075, f + 0.02, inside), mullion, transom);
  const drawn = hashUnit(column, storey, m.seed + 2);
  // Rooms are dark, with hints of what stands in them; curtains and blinds are pale and hang from the top or the sides.
  const room = 0.55 + 0.6 * own + 0.5 * sampleNoise(cloudTile, s.u * 20 + own * 90, s.v * 20, f * 20);
  s.red = m.secondColour[0] * room;
  s.green = m.secondColour[1] * room;
  s.blue = m.secondColour[2] * room;
  let curtain = 0;
  if (drawn < 0.3) curtain = softStep(1 - drawn * 2.6, 0.05, height);
  else if (drawn < 0.5) curtain = softStep(0.3, 0.1, Math.abs(fromMiddle));
  if (curtain > 0) s.blend(curtainPale, curtain * (0.6 + 0.3 * sampleNoise(grainTile, s.u * 25, 3, f * 25)));
  if (s.dusk > 0 && own < 0.45) {
    const strength = s.dusk * (0.3 + own) * (1 - frame) * (curtain > 0 ? 0.6 : 1);
    s.glowRed = 1.0 * strength;
    s.glowGreen = 0.66 * strength;
    s.glowBlue = 0.32 * strength;
  }
  s.mirror = 0.1 * (1 - frame);
  s.sharpness = 0.9;
  // The reveal shades the top and the sides of the pane.
  s.scale(1 - 0.45 * (1 - softStep(0.16, 0.2, inside)));
  s.blend(hashUnit(m.seed, 9, 17) < 0.45 ? frameDark : frameLight, frame);
}

/** A pane: dark behind, mirror in front. */
export function paintGlass(s: SurfaceSample, m: PreparedMaterial): void {
  s.scale(0.7 + 0.3 * sampleNoise(cloudTile, s.u * 9 + m.shift, s.v * 9, s.footprint * 9));
  s.mirror = 0.09;
  s.sharpness = 0.95;
}
