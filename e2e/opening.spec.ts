import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { encodeNpy } from '../src/clips/npz/writeNpz.ts';
import { CAMERAS } from '../tools/evaluate/dataRoot.ts';
import { writeTinyRoot } from '../tools/evaluate/tinyRoot.ts';
import { encodeNpz } from '../tools/world/npz.ts';
import { dropFiles } from './pages/dropFiles.ts';
import { expect, type OccuscopePage, test } from './pages/occuscopePage.ts';

const site = path.resolve(import.meta.dirname, '../public');
const start = 'clip=ruler&model=ruler&backend=cpu';
let folder: string;

test.beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'occuscope-opening-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The ruler clip as a folder of the visitor's. */
function makeClipFolder(): string {
  const target = path.join(folder, 'drive');
  cpSync(path.join(site, 'clips/ruler'), target, { recursive: true });
  const clip = JSON.parse(readFileSync(path.join(target, 'clip.json'), 'utf8'));
  writeFileSync(path.join(target, 'clip.json'), JSON.stringify({ ...clip, id: 'my-drive', title: 'My drive' }));
  return target;
}

/** The ruler model as a zip of the visitor's. */
function makeModelZip(change: object = {}): string {
  const read = (name: string) => new Uint8Array(readFileSync(path.join(site, 'models/ruler', name)));
  const manifest = JSON.parse(new TextDecoder().decode(read('manifest.json')));
  const text = JSON.stringify({ ...manifest, id: 'my-model', title: 'My model', ...change });
  const files = {
    'manifest.json': new TextEncoder().encode(text),
    'encoder.onnx': read('encoder.onnx'),
    'head.onnx': read('head.onnx'),
  };
  const file = path.join(folder, 'my-model.zip');
  writeFileSync(file, zipSync({ package: files }));
  return file;
}

/** A data root of two scenes whose first two key frames have images. */
async function makeRoot(): Promise<string> {
  const root = path.join(folder, 'nuscenes');
  const { scenes } = writeTinyRoot(root, 2, 4);
  for (const channel of CAMERAS) {
    mkdirSync(path.join(root, 'samples', channel), { recursive: true });
    for (const [index, token] of scenes[0]!.tokens.slice(0, 2).entries()) {
      const background = { r: 40, g: 90 + 60 * index, b: 160 };
      await sharp({ create: { width: 160, height: 90, channels: 3, background } })
        .jpeg()
        .toFile(path.join(root, 'samples', channel, `${token}.jpg`));
    }
  }
  return root;
}

/** SurroundOcc's labels of a key frame, where the project's own instructions put them: one car ahead of the lidar. */
function writeSurroundOcc(root: string, token: string): void {
  const target = path.join(root, 'nuscenes_occ/samples');
  mkdirSync(target, { recursive: true });
  const rows = Array.from({ length: 64 }, (_, place) => [
    100 + (place % 4),
    116 + ((place >> 2) % 8),
    7 + (place >> 5),
    4,
  ]);
  const data = Int32Array.from(rows.flat());
  writeFileSync(path.join(target, `${token}.jpg.npy`), encodeNpy({ name: '', type: 'int32', shape: [64, 4], data }));
}

/** Labels of one frame by themselves, with a mask of cameras, as Occ3D has them. */
function writeLooseTruth(token: string): string {
  const target = path.join(folder, 'loose truth');
  mkdirSync(path.join(target, token), { recursive: true });
  const shape = [200, 200, 16];
  const labels = new Uint8Array(640_000).fill(17).fill(11, 0, 16 * 200 * 50);
  const mask = new Uint8Array(640_000).fill(1);
  const members = [
    { name: 'semantics', type: 'uint8', shape, data: labels },
    { name: 'mask_camera', type: 'uint8', shape, data: mask },
  ] as const;
  writeFileSync(path.join(target, token, 'labels.npz'), encodeNpz(members));
  return target;
}

const readOpen = async (occuscope: OccuscopePage) => {
  const { clip, model } = await occuscope.report();
  return { clip: clip?.id, model: model?.id };
};

test('a dropped clip folder is shown and predicted, and stays in the menu', async ({ occuscope, page }) => {
  await occuscope.openReady(start);
  await dropFiles(page, [makeClipFolder()]);
  await expect.poll(() => readOpen(occuscope)).toEqual({ clip: 'my-drive', model: 'ruler' });
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await occuscope.seek(1);
  await expect(page.getByTestId('readout')).toContainText('Frame 2');
  await page.evaluate(() => window.occuscope.open({ clip: 'ruler' }));
  expect(await readOpen(occuscope)).toEqual({ clip: 'ruler', model: 'ruler' });
  await page.getByRole('combobox', { name: 'Clip' }).selectOption('my-drive');
  await expect.poll(() => readOpen(occuscope)).toEqual({ clip: 'my-drive', model: 'ruler' });
});

test('a dropped model package runs, is kept when asked, and goes when removed', async ({ occuscope, page }) => {
  await occuscope.openReady(start);
  await dropFiles(page, [makeModelZip()]);
  await expect.poll(() => readOpen(occuscope)).toEqual({ clip: 'ruler', model: 'my-model' });
  await page.getByRole('button', { name: 'Open…' }).click();
  const own = page.getByRole('region', { name: 'Yours' });
  await expect(own.getByText('My model')).toBeVisible();
  await expect(own).toContainText(/\d+ kB/);
  await own.getByRole('switch', { name: 'Keep in this browser' }).click();
  await expect(own.getByRole('switch')).toBeChecked();

  await occuscope.openReady('clip=ruler&model=my-model&backend=cpu');
  expect(await readOpen(occuscope)).toEqual({ clip: 'ruler', model: 'my-model' });
  await occuscope.openReady(start);
  await page.getByRole('button', { name: 'Open…' }).click();
  await own.getByRole('button', { name: 'Remove' }).click();
  await expect(own).toHaveCount(0);
});

test('what is faulty or unknown is named in one sentence, and what was open stays', async ({ occuscope, page }) => {
  await occuscope.openReady(start);
  const before = await occuscope.readLabels();
  await dropFiles(page, [makeModelZip({ classes: 'mine' })]);
  await expect(page.getByText('The model manifest is not valid.')).toBeVisible();
  await expect(page.getByRole('dialog')).toContainText('classes');
  await page.keyboard.press('Escape');
  const note = path.join(folder, 'note.txt');
  writeFileSync(note, 'nothing');
  await dropFiles(page, [note]);
  await expect(page.getByText('Nothing in there can be opened.')).toBeVisible();
  await expect(page.getByRole('dialog')).toContainText('note.txt');
  await page.keyboard.press('Escape');
  expect(await readOpen(occuscope)).toEqual({ clip: 'ruler', model: 'ruler' });
  expect(await occuscope.readLabels()).toEqual(before);
});

test('a dropped data root is browsed, and plays what is there of a scene', async ({ occuscope, page }) => {
  await occuscope.openReady(start);
  const root = await makeRoot();
  writeSurroundOcc(root, 'sample0x0');
  await dropFiles(page, [root]);
  await expect(page.getByTestId('scene-count')).toHaveText('2 scenes');
  const row = page.locator('[data-scene="tiny-0"]');
  await expect(row).toContainText('images');
  await expect(row.getByText('SurroundOcc', { exact: true })).toBeVisible();
  await expect(row.getByText('no OpenOccupancy')).toBeVisible();
  await expect(row.locator('img')).toBeVisible();
  await expect(page.locator('[data-scene="tiny-1"]')).toContainText('no images');
  await page.getByRole('searchbox', { name: 'Search scenes' }).fill('tiny-0');
  await expect(page.getByTestId('scene-count')).toHaveText('1 of 2 scenes');
  await row.getByRole('button').click();
  await expect.poll(() => readOpen(occuscope)).toEqual({ clip: 'tiny-0', model: 'ruler' });
  await page.getByRole('radio', { name: 'Ground truth' }).click();
  const truths = page.getByRole('combobox', { name: 'Which ground truth' });
  await truths.selectOption('SurroundOcc');
  await expect(truths).toHaveValue('surround-occ');
  await dropFiles(page, [writeLooseTruth('sample0x0')]);
  await expect(page.getByRole('dialog')).toContainText('1 of the 4 frames of tiny-0 has one.');
  await expect(page.getByRole('dialog')).toContainText('“mask_camera” comes with ground truth');
  await page.getByRole('button', { name: 'Use as ground truth' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(truths.locator('option:checked')).toHaveText('loose truth');
  await expect(page.getByText('The ground truth could not be opened')).toHaveCount(0);
  await page.getByRole('radio', { name: 'Prediction' }).click();
  await occuscope.seek(1);
  await expect(page.getByTestId('readout')).toContainText('Frame 2');
  await expect(page.locator('canvas[data-frame="1"]').first()).toBeVisible();
  const fault = await occuscope.seek(2).catch((error: unknown) => String(error));
  expect(fault).toContain('This image is missing.');
  await expect(page.getByTestId('frame-fault')).toContainText('This image is missing.');
  await expect(page.locator('.camera--tile .camera__fault')).toHaveCount(6);
  expect((await page.evaluate(() => window.occuscope.report())).problems.join()).not.toContain('model-run-failed');
});

test('the folder button takes a data root, whose tables are remembered', async ({ occuscope, page }) => {
  await occuscope.openReady(start);
  const root = await makeRoot();
  for (const visit of [1, 2]) {
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await page.getByRole('button', { name: 'Open…' }).click();
    await page.getByTestId('folder-input').setInputFiles(root);
    await expect(page.getByTestId('scene-count')).toHaveText('2 scenes');
    expect(workers.filter((url) => url.includes('nuscenesTables')).length).toBe(visit === 1 ? 1 : 0);
    page.removeAllListeners('worker');
    await page.keyboard.press('Escape');
  }
});

test('a clip opens by its address: a folder, and a zip', async ({ occuscope, page, baseURL }) => {
  await occuscope.openReady('clip=clips/ruler&model=ruler&backend=cpu');
  expect((await readOpen(occuscope)).clip).toBe('clips/ruler');
  const names = [
    'clip.json',
    ...JSON.parse(readFileSync(path.join(site, 'clips/ruler/clip.json'), 'utf8')).frames.flatMap(
      (frame: { truth?: string; cameras: { image: string }[] }) => [
        ...frame.cameras.map(({ image }) => image),
        ...(frame.truth ? [frame.truth] : []),
      ],
    ),
  ] as string[];
  const zip = zipSync(
    Object.fromEntries(
      names.map((name) => [`ruler/${name}`, new Uint8Array(readFileSync(path.join(site, 'clips/ruler', name)))]),
    ),
  );
  await page.route('**/mine/drive.zip', (route) =>
    route.fulfill({ body: Buffer.from(zip), contentType: 'application/zip' }),
  );
  await occuscope.openReady('clip=mine/drive.zip&model=ruler&backend=cpu');
  expect((await readOpen(occuscope)).clip).toBe('mine/drive.zip');
  expect(new URL(page.url()).origin).toBe(new URL(baseURL!).origin);
});

test('a real data root: four key frames have images and predictions, the others say what is missing', async ({
  occuscope,
  page,
}) => {
  const real = process.env['OCCUSCOPE_REAL_DATA'];
  test.skip(!real, 'OCCUSCOPE_REAL_DATA names no folder with real data');
  test.setTimeout(900_000);
  await occuscope.openReady('clip=ruler&model=street-base&backend=cpu');
  await dropFiles(page, [path.join(real!, 'nuscenes')]);
  await expect(page.getByTestId('scene-count')).toHaveText('2 scenes');
  await expect(page.locator('[data-scene="scene-0103"]')).toContainText('boston-seaport');
  await page.locator('[data-scene="scene-0103"]').getByRole('button').click();
  await expect.poll(() => readOpen(occuscope)).toEqual({ clip: 'scene-0103', model: 'street-base' });
  for (const frame of [0, 1, 2, 3]) {
    await occuscope.seek(frame);
    const labels = await occuscope.readLabels();
    expect(labels.some((label) => label !== 17)).toBe(true);
    await expect(page.locator(`.camera--tile canvas[data-frame="${frame}"]`)).toHaveCount(6);
  }
  await page.screenshot({ path: test.info().outputPath('scene-0103.png') });
  const fault = await occuscope.seek(4).catch((error: unknown) => String(error));
  expect(fault).toContain('This image is missing.');
  await expect(page.locator('.camera--tile .camera__fault')).toHaveCount(6);
});
