import { countColours, decodePicture, expect, measureHueShare, test } from './pages/occuscopePage.ts';

// The ruler's network predicts its truth exactly: every score of it is known in advance.
const ruler = 'clip=ruler&model=ruler&backend=cpu';
const MISSED_BLUE = '#3563ff';
const INVENTED_AMBER = '#ffb000';

test.describe('one visit', () => {
  test.use({ journey: 'visit' });
  test.describe.configure({ mode: 'serial' });

  test('commands by name, voxels on the images, and a still to save', async ({ occuscope, page }) => {
    await occuscope.openReady(`${ruler}&show=prediction,truth`);
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
    await page.keyboard.type('voxels images');
    await page.keyboard.press('Enter');
    await expect(page.locator('.camera__voxels[data-voxels-of="0"]')).toHaveCount(7);
    const download = page.waitForEvent('download');
    await page.keyboard.press('Shift+U');
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('ruler-frame-1.png');
    expect(countColours(await decodePicture(await saved.path()))).toBeGreaterThan(16);
  });

  test('a voxel under the pointer is named by prediction and truth and marked in the images', async ({
    occuscope,
    page,
  }) => {
    await occuscope.goOnOrOpen(`${ruler}&show=prediction,truth`);
    const box = (await page.locator('.pane__canvas canvas').first().boundingBox())!;
    const aim = [box.x + box.width * 0.25, box.y + box.height * 0.8] as const;
    await page.mouse.move(...aim);
    const readout = page.getByTestId('hover');
    await expect(readout).toContainText('predicted');
    await expect(readout).toContainText('truth');
    await expect(page.locator('.camera__mark-line[d^="M"]').first()).toBeAttached();
    await page.mouse.click(...aim);
    await expect(page.getByTestId('sights')).toContainText(/Seen by/);
  });

  test('columns, links, swipe and peeking by keyboard; the address remembers them', async ({ occuscope, page }) => {
    await occuscope.goOnOrOpen(`${ruler}&show=prediction,truth`);
    const contents = () => page.locator('.pane').evaluateAll((panes) => panes.map((pane) => pane.dataset['content']));
    await page.keyboard.press('b');
    await expect.poll(contents).toEqual(['prediction']);
    await page.keyboard.press('b');
    await expect.poll(contents).toEqual(['prediction', 'truth', 'difference']);
    await expect(page).toHaveURL(/show=prediction,truth,difference/);

    await page.getByRole('button', { name: /^Move difference/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(contents).toEqual(['prediction', 'difference', 'truth']);
    const edge = page.getByRole('separator', { name: 'Edge between columns 1 and 2' });
    const width = () =>
      page
        .locator('.pane')
        .first()
        .evaluate((pane) => pane.clientWidth);
    const before = await width();
    await edge.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(width).toBeGreaterThan(before + 50);
    await edge.blur();

    await page.keyboard.down('z');
    await expect.poll(contents).toEqual(['truth', 'truth', 'truth']);
    await page.keyboard.up('z');
    await expect.poll(contents).toEqual(['prediction', 'difference', 'truth']);

    await page.keyboard.press('i');
    await expect(page).toHaveURL(/layout=swipe/);
    const wipe = page.getByRole('separator', { name: 'Wipe between the two views' });
    await wipe.focus();
    await page.keyboard.press('ArrowRight');
    await expect(wipe).toHaveAttribute('aria-valuenow', '52');
    await page.reload();
    await page.evaluate(() => window.occuscope.ready);
    await expect.poll(contents).toEqual(['prediction', 'difference']);
    await expect(wipe).toBeVisible();
  });
});

test('the difference of a perfect prediction is grey, its metrics are perfect and grow over the clip', async ({
  occuscope,
  page,
}) => {
  await occuscope.openReady(`${ruler}&show=difference&view=birds-eye`);
  await expect(page.getByRole('button', { name: 'missed' })).toBeVisible();
  await expect.poll(async () => countColours(await occuscope.readPicture())).toBeGreaterThan(4);
  const perfect = await occuscope.readPicture();
  // The axes have such hues too, a few pixels long.
  expect(measureHueShare(perfect, MISSED_BLUE)).toBeLessThan(0.001);
  expect(measureHueShare(perfect, INVENTED_AMBER)).toBeLessThan(0.001);

  await page.keyboard.press('m');
  const metrics = page.getByTestId('metrics');
  await expect(metrics).toHaveAttribute('data-measured', '1');
  const score = (id: string) => page.locator(`[data-metric="${id}"] td`).first();
  await expect(score('miou')).toHaveText('100.0');
  await expect(score('ray-iou')).toHaveText('100.0');
  await expect(score('mave-tp')).toHaveText('0.00');
  await page.getByRole('button', { name: 'Measure the whole clip' }).click();
  await expect(metrics).toHaveAttribute('data-measured', '8');
  await expect(page.locator('.scrubber__cell[data-scored]')).toHaveCount(8);
  await page.locator('[data-metric="ray-iou"] button').click();
  await expect(page).toHaveURL(/metric=ray-iou/);

  // Sorting by voxels puts the class with most of them first.
  await page.getByRole('button', { name: 'Voxels', exact: true }).click();
  const counts = await page.locator('.class-scores tbody tr td:nth-child(7)').allTextContents();
  const numbers = counts.map((text) => Number(text.replaceAll(',', '')));
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  expect(numbers[0]).toBeGreaterThan(0);

  await page.reload();
  await expect(metrics, 'opened by the address').toHaveAttribute('data-measured', /[1-8]/);
});

test('with and without memory side by side, what it holds, and both in numbers', async ({ occuscope, page }) => {
  test.setTimeout(300_000);
  const columns = 'show=prediction,model:ruler%3Fmemory%3Doff,memory';
  await occuscope.openReady(`${ruler}&frame=1&${columns}&metric=miou&beside=model:ruler%3Fmemory%3Doff`);
  const readouts = page.locator('[data-testid="readout"][data-frame="1"]');
  await expect(readouts).toHaveCount(2);
  const [used, unused] = await readouts.allTextContents();
  expect(used, 'the second network forgets what the first remembers').not.toBe(unused);
  const memory = page.getByTestId('memory');
  await expect(memory).toHaveAttribute('data-frame', '1');
  expect(countColours(await occuscope.readPicture(2)), 'a memory that is not flat').toBeGreaterThan(8);
  await page.getByRole('combobox', { name: 'Channel of the memory' }).selectOption('Channel 4');
  await memory.locator('canvas').focus();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByTestId('memory-cell')).toContainText(/m: -?\d/);
  const score = (column: number) => page.locator('[data-metric="miou"] td').nth(column);
  await expect(score(0)).toHaveText('100.0');
  await expect(score(2)).toHaveText(/^[1-9]\d\.\d$/);

  await page.keyboard.press('m');
  await page.getByRole('switch', { name: 'Use the memory' }).click();
  await expect(page.getByText('The memory is switched off.')).toBeVisible();
  await expect(page).toHaveURL(/memory=off/);
  await expect.poll(async () => (await readouts.allTextContents())[0]).toBe(unused);
});

test('four columns of the bundled drive, each with its own picture', async ({ occuscope, page }) => {
  test.setTimeout(420_000);
  // Small canvases: a software adapter draws all of them.
  await page.setViewportSize({ width: 1100, height: 620 });
  const columns = 'show=prediction,truth,difference,model:street-small%3Fmemory%3Doff';
  await occuscope.openReady(`clip=park-corner&model=street-small&backend=cpu&view=birds-eye&${columns}`);
  const readouts = page.locator('[data-testid="readout"][data-frame="0"]');
  await expect(readouts).toHaveCount(2);
  /** The picture of a column, as soon as enough of it has that hue. */
  const readColoured = async (column: number, hue: string) => {
    let picture = await occuscope.readPicture(column);
    await expect
      .poll(async () => {
        picture = await occuscope.readPicture(column);
        return measureHueShare(picture, hue);
      })
      .toBeGreaterThan(0.002);
    return picture;
  };
  const ROAD = '#00cfbf';
  const prediction = await readColoured(0, ROAD);
  const truth = await readColoured(1, ROAD);
  const difference = await readColoured(2, MISSED_BLUE);
  const other = await readColoured(3, ROAD);
  for (const picture of [prediction, truth, difference, other]) expect(countColours(picture)).toBeGreaterThan(16);
  expect(measureHueShare(difference, ROAD), 'outcomes have colours of their own').toBeLessThan(0.002);
  // The first frame has nothing to remember: with and without memory are the same.
  const [withMemory, without] = await readouts.allTextContents();
  expect(withMemory).toBe(without);
  expect(measureHueShare(other, ROAD)).toBeCloseTo(measureHueShare(prediction, ROAD), 2);
  expect(Math.abs(measureHueShare(truth, ROAD) - measureHueShare(prediction, ROAD)), 'truth differs').toBeGreaterThan(
    0.01,
  );

  // What was invented is shown until it is asked not to be.
  const invented = async () => measureHueShare(await occuscope.readPicture(2), INVENTED_AMBER);
  expect(measureHueShare(difference, INVENTED_AMBER)).toBeGreaterThan(0.003);
  await page.getByRole('button', { name: 'invented' }).click();
  await expect.poll(invented).toBeLessThan(0.001);
});
