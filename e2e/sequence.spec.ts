import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Recording, recordRuler, solved } from '../tests/support/rulerSequence.ts';
import { dropFiles } from './pages/dropFiles.ts';
import { expect, test } from './pages/occuscopePage.ts';

// Somebody's own cameras, dropped as a folder: what was found is shown, the calibration is checked, the sequence is predicted.

const start = 'clip=ruler&model=ruler&backend=cpu';
let folder: string;

test.use({ journey: 'sequence' });
test.describe.configure({ mode: 'serial' });

test.beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'occuscope-sequence-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function writeRecording(
  name: string,
  recording: Recording,
  change: Record<string, string> = {},
): Promise<string> {
  const root = path.join(folder, name);
  for (const [file, contents] of Object.entries({ ...(await recordRuler(recording)), ...change })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), contents);
  }
  return root;
}

test('a faulty calibration is named, and what was open stays', async ({ occuscope, page }) => {
  const recording = { cameras: [{ index: 1, name: 'front' }], count: 1, scale: 1 };
  await occuscope.goOnOrOpen(start);
  const before = await occuscope.readLabels();
  const rig = (await recordRuler(recording))['rig.json'] as string;
  const root = await writeRecording('faulty', recording, {
    'rig.json': rig.replace('"intrinsics": [40', '"intrinsics": [NaN'),
  });
  await dropFiles(page, [root]);
  const panel = page.getByTestId('sequence');
  await expect(panel).toContainText('rig.json holds NaN or Infinity, which are no numbers.');
  await expect(panel.getByRole('button', { name: 'Open the sequence' })).toBeDisabled();
  await page.keyboard.press('Escape');
  expect(await occuscope.readLabels()).toEqual(before);
});

test('two cameras of 640 x 480: found, checked in the calibration editor, predicted', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(start);
  const cameras = [
    { index: 1, name: 'front' },
    { index: 4, name: 'rear' },
  ];
  await dropFiles(page, [await writeRecording('two cameras', { cameras, count: 3, scale: 10 })]);
  const panel = page.getByTestId('sequence');
  await expect(panel).toHaveAttribute('data-state', 'ready');
  await expect(panel.getByLabel('How images are named')).toHaveValue('{camera}/{time}.*');
  await expect(panel).toContainText('3 key frames over 1.0 s, 2 cameras.');
  await expect(panel).toContainText('The network has places for 6 cameras; 4 stay empty.');
  await expect(panel.getByRole('row', { name: /front/ })).toContainText('640 × 480');

  await panel.getByRole('button', { name: 'Check the calibration…' }).click();
  const editor = page.getByTestId('calibration-editor');
  const readOverlay = () =>
    editor.getByTestId('calibration-overlay').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const blank = await page.evaluate(() =>
    Object.assign(document.createElement('canvas'), { width: 640, height: 480 }).toDataURL(),
  );
  await expect.poll(readOverlay).not.toBe(blank);
  const before = await readOverlay();
  await editor.getByRole('slider', { name: 'Yaw (left +)' }).fill('10');
  await expect.poll(readOverlay).not.toBe(before);
  await expect(editor).toContainText('front looks 10.0° to the left');
  const download = page.waitForEvent('download');
  await editor.getByRole('button', { name: 'Export rig.json' }).click();
  expect((await download).suggestedFilename()).toBe('rig.json');
  await editor.getByRole('button', { name: 'Reset this camera' }).click();
  await expect.poll(readOverlay).toBe(before);
  await editor.getByRole('button', { name: 'Done' }).click();

  await panel.getByRole('button', { name: 'Open the sequence' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect.poll(async () => (await occuscope.report()).clip?.id).toBe('sequence-two-cameras');
  await occuscope.seek(2);
  const labels = await occuscope.readLabels();
  expect(labels.filter((label) => label !== 17).length).toBeGreaterThan(100);
  await expect(page.getByTestId('focused-camera')).toBeVisible();
});

test('seven cameras: six are chosen, and every voxel is right', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(start);
  const six = Array.from({ length: 6 }, (_, index) => ({ index, name: `cam${index}` }));
  const recording = { cameras: [...six, { index: 1, name: 'cam6' }], count: 2, scale: 1 };
  await dropFiles(page, [await writeRecording('seven cameras', recording)]);
  const panel = page.getByTestId('sequence');
  await expect(panel).toContainText('The network takes 6 cameras and 7 are here');
  await panel.getByLabel('Use cam6').check();
  await expect(panel).toContainText('7 cameras are chosen; the network takes 6. Leave out 1.');
  await expect(panel.getByRole('button', { name: 'Open the sequence' })).toBeDisabled();
  await panel.getByLabel('Use cam1').uncheck();
  await panel.getByRole('button', { name: 'Open the sequence' }).click();
  await expect.poll(async () => (await occuscope.report()).clip?.id).toBe('sequence-seven-cameras');
  await occuscope.seek(1);
  // cam6 is cam1 under another name.
  expect([...(await occuscope.readLabels())]).toEqual([...solved[1]!.labels]);
});

test('one video for each camera', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(start);
  const video = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
    const drawing = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' });
    const chunks: Blob[] = [];
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
    recorder.start();
    for (let step = 0; step < 25; step += 1) {
      drawing.fillStyle = `rgb(200 ${step % 2} 40)`;
      drawing.fillRect(0, 0, 320, 240);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(chunks).arrayBuffer())];
  });
  const root = path.join(folder, 'videos');
  mkdirSync(root);
  const files = await recordRuler({
    cameras: [
      { index: 1, name: 'front' },
      { index: 4, name: 'rear' },
    ],
    count: 1,
    scale: 5,
  });
  writeFileSync(path.join(root, 'rig.json'), files['rig.json']!);
  for (const name of ['front', 'rear']) writeFileSync(path.join(root, `${name}.webm`), Uint8Array.from(video));
  await dropFiles(page, [root]);
  const panel = page.getByTestId('sequence');
  await expect(panel).toContainText('Videos are taken to start at the same moment.');
  await expect(panel.getByRole('row', { name: /rear/ })).toContainText('320 × 240');
  await panel.getByRole('button', { name: 'Open the sequence' }).click();
  await expect.poll(async () => (await occuscope.report()).clip?.id).toBe('sequence-videos');
  expect((await occuscope.report()).clip!.frames).toBeGreaterThan(2);
  await occuscope.seek(1);
  const readRed = () =>
    page
      .getByTestId('focused-camera')
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.getContext('2d')!.getImageData(160, 100, 1, 1).data[0]!);
  await expect.poll(readRed).toBeGreaterThan(150);
});
