import type { Material, Pattern } from '../model.ts';

/** A material made ready for the inner loop. */
export interface PreparedMaterial {
  readonly pattern: Pattern;
  readonly colour: readonly [number, number, number];
  readonly secondColour: readonly [number, number, number];
  readonly scale: number;
  readonly seed: number;
  /** Texel offset into the noise tiles, so that equal patterns differ between seeds. */
  readonly shift: number;
  readonly segmentation: number;
}

export function prepareMaterial(material: Material): PreparedMaterial {
  return {
    pattern: material.pattern,
    colour: [...material.colour],
    secondColour: [...material.secondColour],
    scale: material.scale > 0.01 ? material.scale : 1,
    seed: material.seed,
    shift: (material.seed * 37.61) % 256,
    segmentation: material.segmentation,
  };
}

/** One point to colour: the renderer fills the inputs, a pattern the outputs. Reused for every pixel, so nothing is allocated. */
export class SurfaceSample {
  // Inputs: world position and normal, surface coordinates (metres), size of a pixel on the surface (metres).
  x = 0.5;
  y = 0.5;
  z = 0.5;
  nx = 0.5;
  ny = 0.5;
  nz = 0.5;
  /** The surface's own normal; patterns may bend nx, ny, nz away from it. */
  gx = 0.5;
  gy = 0.5;
  gz = 0.5;
  /** The face is seen from behind: the inside of a crown. */
  behind = false;
  /** Unit direction to the camera, and metres to it. */
  vx = 0.5;
  vy = 0.5;
  vz = 0.5;
  distance = 0.5;
  u = 0.5;
  v = 0.5;
  /** Extent of the face's triangle in surface coordinates: of the whole face where faces are rectangles. */
  uLow = 0.5;
  uHigh = 0.5;
  vLow = 0.5;
  vHigh = 0.5;
  footprint = 0.5;
  /** The same along u: longer on walls seen at a slant. */
  footprintAlong = 0.5;
  /** Amount of water 0..1 and whether it is dusk 0..1. */
  wetness = 0.5;
  dusk = 0.5;
  /** 0 by day, 1 at night, when lamps shine by themselves. */
  night = 0.5;
  // Outputs: reflectance, light of its own, mirror strength at normal incidence with its sharpness 0..1, share of sky light.
  red = 0.5;
  green = 0.5;
  blue = 0.5;
  glowRed = 0.5;
  glowGreen = 0.5;
  glowBlue = 0.5;
  mirror = 0.5;
  sharpness = 0.5;
  open = 0.5;
  /** 0..1: light that passes through or wraps around (leaves). */
  wrap = 0.5;

  /** Sets the outputs of a plain matt surface. */
  begin(material: PreparedMaterial): void {
    this.red = material.colour[0];
    this.green = material.colour[1];
    this.blue = material.colour[2];
    this.glowRed = 0;
    this.glowGreen = 0;
    this.glowBlue = 0;
    this.mirror = 0;
    this.sharpness = 0.3;
    this.open = 1;
    this.wrap = 0;
  }

  scale(factor: number): void {
    this.red *= factor;
    this.green *= factor;
    this.blue *= factor;
  }

  /** Blends toward a colour. */
  blend(colour: readonly [number, number, number], share: number): void {
    this.red += (colour[0] - this.red) * share;
    this.green += (colour[1] - this.green) * share;
    this.blue += (colour[2] - this.blue) * share;
  }

  tint(red: number, green: number, blue: number): void {
    this.red *= red;
    this.green *= green;
    this.blue *= blue;
  }
}

/** Colours a sample. */
export type EvaluatePattern = (sample: SurfaceSample, material: PreparedMaterial) => void;

/**
 * Share of the line of `width` repeated every `period` (same unit), seen through a box of `footprint`; lines start at 0.
 * Tends to width / period as the footprint grows, so far patterns neither shimmer nor change brightness.
 */
export function filterLines(position: number, period: number, width: number, footprint: number): number {
  const size = footprint > 0.0001 ? footprint : 0.0001;
  const a = (position - size * 0.5) / period;
  const b = (position + size * 0.5) / period;
  const share = width / period;
  const fa = Math.floor(a);
  const fb = Math.floor(b);
  const ra = a - fa < share ? a - fa : share;
  const rb = b - fb < share ? b - fb : share;
  return (((fb - fa) * share + rb - ra) * period) / size;
}

/** Soft step from 0 at `edge - width / 2` to 1 at `edge + width / 2`. */
export function softStep(edge: number, width: number, value: number): number {
  const t = (value - edge) / width + 0.5;
  return t < 0 ? 0 : t > 1 ? 1 : t;
}

/** 1 while detail of this size is visible, 0 once a pixel covers it. */
export function fadeDetail(size: number, footprint: number): number {
  const t = size / (footprint + 1e-6) - 0.6;
  return t < 0 ? 0 : t > 1 ? 1 : t;
}
