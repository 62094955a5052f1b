import type { ClassTable } from '../domain/classes.ts';
import { FLICKER_CLASSES, OUTCOME_CLASSES, SPEED_ERROR_CLASSES } from '../domain/comparisonClasses.ts';
import { readContent } from '../stores/paneContent.ts';
import { titleContent } from '../stores/sourcesStore.ts';
import type { Stores } from '../stores/stores.ts';
import { paletteColour, type VolumePaletteId } from '../viewport/palettes.ts';
import type { CameraLink } from './cameraLink.ts';

const gap = 12;
const line = 22;
const font = '15px system-ui, sans-serif';

interface LegendEntry {
  readonly name: string;
  readonly colour: string;
}

/** What a still says beside its pictures. */
export interface FigureWords {
  readonly titles: readonly string[];
  readonly legend: readonly LegendEntry[];
  readonly caption: string;
}

/** Save the 3D panes as one PNG for a paper: titles, the legend of what they show, and the numbers that are measured. */
export async function saveFigure(stores: Stores, link: CameraLink): Promise<void> {
  const pictures = await Promise.all((await link.capture()).map((blob) => createImageBitmap(blob)));
  const blob = await drawFigure(pictures, describeFigure(stores)).convertToBlob({ type: 'image/png' });
  const anchor = document.createElement('a');
  const address = URL.createObjectURL(blob);
  anchor.href = address;
  const { clip } = stores.clip.getState();
  anchor.download = `${clip?.id ?? 'clip'}-frame-${stores.playback.getState().frameIndex + 1}.png`;
  anchor.click();
  // The download has taken the bytes by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Titles, legend entries and caption for the panes as they are now. */
export function describeFigure({ view, clip, model, playback, metrics, sources }: Stores): FigureWords {
  const { palette, hiddenClasses, hiddenOutcomes } = view.getState();
  // The memory is drawn flat, beside the 3D views: stills hold those only.
  const panes = view.getState().panes.filter(({ content }) => readContent(content).kind !== 'memory');
  const kinds = [...new Set(panes.map(({ content }) => readContent(content).kind))];
  const names = { models: model.getState().choices, stored: sources.getState().stored };
  const table = clip.getState().clip?.classes;
  const legend = kinds.flatMap((kind) => {
    if (kind === 'difference') return listEntries(OUTCOME_CLASSES, 'outcome', hiddenOutcomes);
    if (kind === 'flow-error') return listEntries(SPEED_ERROR_CLASSES, 'speed-error', new Set());
    if (kind === 'flicker') return listEntries(FLICKER_CLASSES, 'flicker', new Set());
    return table ? listEntries(table, palette, hiddenClasses) : [];
  });
  const { frameIndex } = playback.getState();
  const { series } = metrics.getState();
  const score = series?.scores.get(frameIndex) ?? null;
  const value =
    score !== null && (series!.unit === 'fraction' ? `${(score * 100).toFixed(1)} %` : `${score.toFixed(2)} m/s`);
  const parts = [
    clip.getState().clip?.title,
    model.getState().card?.title,
    `frame ${frameIndex + 1}`,
    value && `${series!.title} ${value}`,
  ];
  return {
    titles: panes.map(({ content }) => titleContent(content, names)),
    // Prediction and truth share one legend.
    legend: legend.filter(({ name }, index) => legend.findIndex((other) => other.name === name) === index),
    caption: parts.filter(Boolean).join(' · '),
  };
}

function listEntries({ classes, free }: ClassTable, palette: VolumePaletteId, hidden: ReadonlySet<number>) {
  return classes.flatMap(({ name }, label): LegendEntry[] => {
    if (label === free || hidden.has(label)) return [];
    return [{ name, colour: `rgb(${paletteColour(palette, label).join(' ')})` }];
  });
}

/** The pictures side by side with titles, legend and caption. */
export function drawFigure(pictures: readonly ImageBitmap[], words: FigureWords): OffscreenCanvas {
  const height = Math.max(1, ...pictures.map((picture) => picture.height));
  const width = pictures.reduce((sum, picture) => sum + picture.width + gap, gap);
  const measure = new OffscreenCanvas(1, 1).getContext('2d')!;
  measure.font = font;
  const places = placeLegend(words.legend, width, (text) => measure.measureText(text).width);
  const legendTop = gap + line + height + gap;
  const canvas = new OffscreenCanvas(width, legendTop + (places.at(-1)?.row ?? 0) * line + 2 * line + gap);
  const drawing = canvas.getContext('2d')!;
  drawing.fillStyle = '#ffffff';
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.font = font;
  drawing.textBaseline = 'middle';
  drawing.fillStyle = '#14171b';
  let left = gap;
  pictures.forEach((picture, index) => {
    drawing.fillText(words.titles[index] ?? '', left, gap + line / 2);
    drawing.drawImage(picture, left, gap + line);
    left += picture.width + gap;
  });
  for (const { entry, x, row } of places) {
    const y = legendTop + row * line + line / 2;
    drawing.fillStyle = entry.colour;
    drawing.fillRect(x, y - 7, 14, 14);
    drawing.fillStyle = '#14171b';
    drawing.fillText(entry.name, x + 20, y);
  }
  drawing.fillText(words.caption, gap, canvas.height - gap - line / 2);
  return canvas;
}

/** Legend entries in rows that fit the width. */
export function placeLegend(entries: readonly LegendEntry[], width: number, measureText: (text: string) => number) {
  let x = gap;
  let row = 0;
  return entries.map((entry) => {
    const length = 20 + measureText(entry.name) + 2 * gap;
    if (x > gap && x + length > width) {
      x = gap;
      row += 1;
    }
    const place = { entry, x, row };
    x += length;
    return place;
  });
}
