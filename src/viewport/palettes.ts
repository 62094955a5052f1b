export type PaletteId = 'occ3d' | 'nuscenes' | 'colour-blind-safe';

/** Colours of the Occ3D labels 0..16, `#rrggbb`, in label order. */
export interface Palette {
  readonly id: PaletteId;
  readonly title: string;
  readonly colours: readonly string[];
}

/**
 * The colours that most Occ3D tools draw (SparseOcc, OccStudio, STCOcc).
 * Label 0 follows OccStudio's grey: the others' black hides all shape.
 */
const occ3d: Palette = {
  id: 'occ3d',
  title: 'Occ3D',
  colours: [
    '#808080', // others
    '#ff7832', // barrier
    '#ffc0cb', // bicycle
    '#ffff00', // bus
    '#0096f5', // car
    '#00ffff', // construction vehicle
    '#c8b400', // motorcycle
    '#ff0000', // pedestrian
    '#fff096', // traffic cone
    '#873c00', // trailer
    '#a020f0', // truck
    '#ff00ff', // driveable surface
    '#8b8989', // other flat
    '#4b004b', // sidewalk
    '#96f050', // terrain
    '#e6e6fa', // manmade
    '#00af00', // vegetation
  ],
};

/** The nuScenes lidar segmentation colours, in Occ3D label order; label 0 grey instead of black. */
const nuscenes: Palette = {
  id: 'nuscenes',
  title: 'nuScenes',
  colours: [
    '#5c5c5c',
    '#708090',
    '#dc143c',
    '#ff7f50',
    '#ff9e00',
    '#e99646',
    '#ff3d63',
    '#0000e6',
    '#2f4f4f',
    '#ff8c00',
    '#ff6347',
    '#00cfbf',
    '#af004b',
    '#4b004b',
    '#70b43c',
    '#deb887',
    '#00af00',
  ],
};

/**
 * Chosen by search: 17 colours that maximise the smallest OKLab distance between any two, seen normally and as
 * simulated full protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes, 2009).
 * Static classes were held to muted greys, greens and sand so that what moves stands out; the test keeps the distance.
 */
const colourBlindSafe: Palette = {
  id: 'colour-blind-safe',
  title: 'Colour-blind safe',
  colours: [
    '#1f1d1f',
    '#312a7f',
    '#a2fdfd',
    '#6103ee',
    '#018ac3',
    '#e24ffd',
    '#99ccfb',
    '#db060c',
    '#fbf28d',
    '#824298',
    '#8d1306',
    '#4d4f58',
    '#a18b72',
    '#92a7c0',
    '#c2ad57',
    '#d2cdad',
    '#477550',
  ],
};

export const PALETTES: Readonly<Record<PaletteId, Palette>> = {
  occ3d,
  nuscenes,
  'colour-blind-safe': colourBlindSafe,
};

/** Colours of the comparisons of src/domain/comparisonClasses.ts, without free. */
export type ComparisonPaletteId = 'outcome' | 'speed-error' | 'flicker';

/** What a volume can be drawn with. */
export type VolumePaletteId = PaletteId | ComparisonPaletteId;

/** Failures are bright and of hues and lightnesses that keep apart under every colour blindness; what is right is grey. */
export const COMPARISON_PALETTES: Readonly<Record<ComparisonPaletteId, readonly string[]>> = {
  outcome: ['#9aa1ab', '#3563ff', '#ffb000', '#b0186e', '#30262e'],
  'speed-error': ['#2a3f8f', '#5a62d8', '#a5608f', '#f4883a', '#f7ea48', '#7d838c'],
  flicker: ['#9aa1ab', '#ffb000'],
};

/**
 * Colour of a flow vector by its direction alone, sRGB 0..255: hue = (atan2(vy, vx) + pi) / 2 pi, full saturation
 * (the colour wheel of STCOcc's flow pictures). The arrows of the viewport use the same wheel.
 */
export function flowColour(vx: number, vy: number): [number, number, number] {
  const hue = (Math.atan2(vy, vx) + Math.PI) / (2 * Math.PI);
  const channel = (shift: number) => {
    const distance = Math.abs(((((hue + shift) % 1) + 1) % 1) * 6 - 3) - 1;
    return Math.round(255 * Math.min(1, Math.max(0, distance)));
  };
  return [channel(0), channel(2 / 3), channel(1 / 3)];
}

/** sRGB 0..255 of a palette entry; labels past the table are mid grey. */
export function paletteColour(id: VolumePaletteId, label: number): [number, number, number] {
  const hex = Number.parseInt((listColours(id)[label] ?? '#808080').slice(1), 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255];
}

function listColours(id: VolumePaletteId): readonly string[] {
  return id in PALETTES ? PALETTES[id as PaletteId].colours : COMPARISON_PALETTES[id as ComparisonPaletteId];
}
