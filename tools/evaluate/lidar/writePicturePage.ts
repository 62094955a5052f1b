import path from 'node:path';
import sharp from 'sharp';
import type { CameraView } from '../../../src/domain/clip.ts';
import { castVoxels } from '../../../src/imagePanels/castVoxels.ts';
import type { LidarFrame } from '../../../src/metrics/lidar/measureLidarFrame.ts';
import type { LidarCounts } from '../../../src/metrics/lidar/model.ts';
import { summariseLidar } from '../../../src/metrics/lidar/summarise.ts';
import { planPreprocess } from '../../../src/preprocess/plan.ts';
import type { EvaluatedModel } from '../evaluatedModel.ts';
import { writeWhole } from '../evaluateScenes.ts';
import type { SitePredictor } from '../predictor.ts';
import {
  drawDepth,
  drawOutcomes,
  drawReturns,
  drawTopView,
  LABEL_COLOURS,
  listOutcomes,
  OUTCOMES,
  type Outcome,
  type Raster,
} from './drawFrame.ts';
import { type Table, tabulateBoxes, tabulateDepth, tabulateHits } from './formatTable.ts';
import type { SceneFrameWithSweep } from './lidarScene.ts';

/** Everything that a frame's page shows. */
export interface PicturedFrame extends LidarFrame {
  readonly counts: LidarCounts;
  readonly folder: string;
  readonly described: SceneFrameWithSweep;
  readonly scene: string;
  readonly model: Pick<EvaluatedModel, 'manifest' | 'id'>;
}

/** Write a page without outside files: images, classes, depth and returns of each camera, views from above and from behind, and the figures. */
export async function writePicturePage(
  file: string,
  pictured: PicturedFrame,
  predictor: Pick<SitePredictor, 'takePicture'>,
): Promise<void> {
  const { labels, grid, classes, returns, described } = pictured;
  const outcomes = listOutcomes(labels, grid, classes.free, returns);
  const cameras = await Promise.all(
    described.frame.cameras.map((view, camera) => drawCamera(pictured, view, camera, outcomes)),
  );
  const top = await encode(drawTopView(labels, grid, classes.free, returns), 'png');
  const missed = await encode(drawOutcomes(grid, returns, outcomes), 'png');
  const oblique = toDataUrl(await predictor.takePicture('chase'), 'png');
  const birdsEye = toDataUrl(await predictor.takePicture('birds-eye'), 'png');
  writeWhole(file, composePage(pictured, cameras, { top, missed, oblique, birdsEye }));
}

interface CameraPictures {
  readonly name: string;
  /** Data URLs. */
  readonly rows: Readonly<Record<string, string>>;
}

async function drawCamera(
  { labels, grid, classes, returns, seeing, depth, described, folder, model }: PicturedFrame,
  view: CameraView,
  camera: number,
  outcomes: readonly Outcome[],
): Promise<CameraPictures> {
  const { width, height } = seeing;
  const plan = planPreprocess(model.manifest.images, view.width, view.height);
  const pixels = await sharp(path.join(folder, described.images[camera]!))
    .resize(width, plan.resizedHeight, { fit: 'fill' })
    .extract({ left: 0, top: plan.cropTop, width, height })
    .removeAlpha()
    .raw()
    .toBuffer();
  const image: Raster = { width, height, pixels: new Uint8Array(pixels) };
  const visibleClasses = (2 ** classes.classes.length - 1) & ~(1 << classes.free);
  const volume = { labels, grid, visibleClasses, firstSlice: 0, lastSlice: grid.size[2] - 1 };
  const placed = { ...view, ...seeing.cameras[camera]!, width, height };
  const cast = castVoxels(volume, placed, width, height, LABEL_COLOURS);
  return {
    name: view.name,
    rows: {
      image: await encode(image, 'jpeg'),
      'voxels as this camera sees them': await encode(layOver(image, cast), 'png'),
      ...(depth && { 'median depth': await encode(drawDepth(depth, camera, width, height), 'png') }),
      'rays of the returns': await encode(drawReturns(image, camera, returns, outcomes), 'png'),
    },
  };
}

/** RGBA over a darkened image. */
function layOver(image: Raster, rgba: Uint8ClampedArray): Raster {
  const pixels = image.pixels.map((value, index) => {
    const pixel = Math.floor(index / 3);
    return rgba[4 * pixel + 3] === 0 ? value * 0.4 : rgba[4 * pixel + (index % 3)]!;
  });
  return { ...image, pixels };
}

async function encode({ width, height, pixels }: Raster, format: 'png' | 'jpeg'): Promise<string> {
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  const bytes =
    format === 'png' ? await image.png({ palette: true }).toBuffer() : await image.jpeg({ quality: 85 }).toBuffer();
  return toDataUrl(bytes, format);
}

function toDataUrl(bytes: Uint8Array, format: 'png' | 'jpeg'): string {
  return `data:image/${format};base64,${Buffer.from(bytes).toString('base64')}`;
}

const style = `body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;color:#222;background:#fff}
h1{font-size:1.2rem}h2{font-size:1rem;margin:1.2rem 0 .4rem}
.cameras{display:grid;grid-template-columns:repeat(3,1fr);gap:.3rem;max-width:1300px}
figure{margin:0}figcaption{font-size:.8rem;color:#555}img{width:100%;display:block;image-rendering:pixelated}
.views{display:grid;grid-template-columns:repeat(2,minmax(0,640px));gap:.6rem}
table{border-collapse:collapse;margin:.6rem 0}td,th{padding:.1rem .6rem;text-align:right;border-bottom:1px solid #ddd}
td:nth-child(-n+2),th:nth-child(-n+2){text-align:left}i{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 1em}`;

interface Views {
  readonly top: string;
  readonly missed: string;
  readonly oblique: string;
  readonly birdsEye: string;
}

function composePage(
  { counts, scene, described, model }: PicturedFrame,
  cameras: readonly CameraPictures[],
  views: Views,
): string {
  const summary = summariseLidar(counts);
  const title = escapeText(`${model.id} on ${scene}, ${described.frame.token}`);
  const legend = Object.values(OUTCOMES)
    .map(({ title: words, colour }) => `<i style="background:rgb(${colour.join(',')})"></i>${words}`)
    .join('');
  const rows = Object.keys(cameras[0]!.rows).map((row) => {
    const tiles = cameras.map(({ name, rows: pictures }) => showFigure(pictures[row]!, name)).join('');
    return `<h2>${escapeText(row)}</h2><div class="cameras">${tiles}</div>`;
  });
  const shown = [
    showFigure(views.top, 'From above: highest voxel of each column; returns above 0.3 m in black'),
    showFigure(views.missed, 'The same returns by where their rays first meet a voxel'),
    showFigure(views.oblique, 'From behind, as the page draws it'),
    showFigure(views.birdsEye, 'From above, as the page draws it'),
  ];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style>
<h1>${title}</h1>
${[tabulateHits(summary), tabulateBoxes(summary), tabulateDepth(summary)].map(showTable).join('\n')}
<h2>3D</h2><p>First voxel on a return’s ray:${legend}</p><div class="views">${shown.join('')}</div>
${rows.join('\n')}
</html>
`;
}

function showFigure(source: string, caption: string): string {
  const words = escapeText(caption);
  return `<figure><img src="${source}" alt="${words}"><figcaption>${words}</figcaption></figure>`;
}

function showTable([head, ...rows]: Table): string {
  const line = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head!, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
