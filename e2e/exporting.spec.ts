import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { openNpz } from '../src/clips/npz/readNpz.ts';
import { encodeNpz } from '../src/clips/npz/writeNpz.ts';
import { dropFiles } from './pages/dropFiles.ts';
import { countColours, expect, type OccuscopePage, test } from './pages/occuscopePage.ts';

const start = 'clip=ruler&model=ruler&backend=cpu';
let folder: string;

test.beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'occuscope-exporting-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.use({ journey: 'exporting' });
test.describe.configure({ mode: 'serial' });

async function exportAs({ page }: OccuscopePage, kind: string, whose?: string): Promise<Uint8Array> {
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('combobox', { name: 'What to export' }).selectOption(kind);
  if (whose) await dialog.getByRole('combobox', { name: 'Whose labels' }).selectOption(whose);
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 150_000 }),
    dialog.getByRole('button', { name: 'Export' }).click(),
  ]);
  return new Uint8Array(readFileSync(await download.path()));
}

// A save picker cannot be answered by a test: without one the page downloads.
test.beforeEach(async ({ page }) => {
  if (page.url() === 'about:blank')
    await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
});

async function openExport({ page }: OccuscopePage): Promise<void> {
  await page.getByRole('button', { name: 'Export…' }).click();
}

test('labels of a frame and of the clip come back byte for byte', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(start);
  await occuscope.seek(2);
  const [labels, flow] = [await occuscope.readLabels(), await occuscope.readFlow()];
  await openExport(occuscope);
  const archive = openNpz(await exportAs(occuscope, 'npz', 'prediction'), 'exported');
  expect(Buffer.compare(archive.read('semantics').data as Uint8Array, labels)).toBe(0);
  expect(archive.read('flow').data).toEqual(flow);
  const files = unzipSync(await exportAs(occuscope, 'npz-clip', 'prediction'));
  expect(Object.keys(files)).toHaveLength(8);
  const third = Object.values(files)[2]!;
  expect(Buffer.compare(openNpz(third, 'third').read('semantics').data as Uint8Array, labels)).toBe(0);
  await page.keyboard.press('Escape');
});

test('voxels are saved as a mesh, a still as a picture', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(start);
  await openExport(occuscope);
  const mesh = await exportAs(occuscope, 'glb', 'prediction');
  expect(new TextDecoder().decode(mesh.subarray(0, 4))).toBe('glTF');
  expect(mesh.length).toBeGreaterThan(10_000);
  const still = await exportAs(occuscope, 'png');
  expect([...still.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join('')).toBe('PNG');
  await page.keyboard.press('Escape');
});

test('the clip is saved as a video that plays, of all its frames', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(start);
  await page.setViewportSize({ width: 960, height: 560 });
  await openExport(occuscope);
  const file = await exportAs(occuscope, 'video');
  // Read apart from the writer: by the library's reader of files, and played by the browser.
  const input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  const { packetCount } = await track.computePacketStats();
  expect(packetCount).toBe(8);
  // The page's own security policy plays nothing; an empty one does.
  const player = await page.context().newPage();
  const played = await player.evaluate(async (bytes) => {
    const video = document.createElement('video');
    video.muted = true;
    video.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))]));
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = () => reject(new Error(video.error?.message));
    });
    const canvas = new OffscreenCanvas(240, 140);
    const drawing = canvas.getContext('2d')!;
    const pictures: number[][] = [];
    for (const time of [0.1, video.duration - 0.1]) {
      const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
      video.currentTime = time;
      await sought;
      drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
      pictures.push([...drawing.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, at) => at % 4 < 3));
    }
    return { width: video.videoWidth, height: video.videoHeight, seconds: video.duration, pictures };
  }, Buffer.from(file).toString('base64'));
  await player.close();
  const { width, height, seconds, pictures } = played;
  expect([width, height]).toEqual([track.displayWidth, track.displayHeight]);
  expect(seconds).toBeCloseTo(await track.computeDuration(), 1);
  const [first, last] = pictures.map((pixels) => ({ pixels: Uint8Array.from(pixels), width: 240, height: 140 }));
  for (const picture of [first!, last!])
    expect(countColours(picture), 'a picture that is not flat').toBeGreaterThan(16);
  expect(Buffer.compare(first!.pixels, last!.pixels), 'frames differ').not.toBe(0);
  await page.keyboard.press('Escape');
});

test('a dropped run is guessed, explained, flipped and shown as a column', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(start);
  await occuscope.seek(0);
  const labels = await occuscope.readLabels();
  const clip = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../public/clips/ruler/clip.json'), 'utf8'));
  const [nx, ny, nz] = clip.grid.size as [number, number, number];
  const run = path.join(folder, 'my-run');
  for (const { token } of clip.frames.slice(0, 3) as { token: string }[]) {
    mkdirSync(path.join(run, 'results/ruler'), { recursive: true });
    // As networks have it inside: y before x.
    const data = new Uint8Array(labels.length);
    for (let x = 0; x < nx; x++)
      for (let y = 0; y < ny; y++)
        for (let z = 0; z < nz; z++) data[(y * nx + x) * nz + z] = labels[(x * ny + y) * nz + z]!;
    const array = { name: 'arr_0', type: 'uint8', shape: [ny, nx, nz], data } as const;
    const packer = { deflateRaw: (bytes: Uint8Array) => deflateRawSync(bytes), crc32 };
    writeFileSync(path.join(run, 'results/ruler', `${token}.npz`), encodeNpz([array], packer));
  }
  writeFileSync(path.join(run, 'results/results.pkl'), 'x');
  await dropFiles(page, [run]);
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('3 of the 8 frames of');
  await expect(dialog).toContainText('17 is free');
  await expect(dialog.getByRole('img', { name: 'The prediction from above' })).toBeVisible();
  await dialog.getByRole('radio', { name: 'yxz' }).click();
  await dialog.getByRole('button', { name: 'Show as a column' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).toHaveURL(/stored%3Amy-run|stored:my-run/);
});
