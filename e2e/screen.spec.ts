import { findFaults } from './pages/findFaults.ts';
import { countColours, expect, measureHueShare, test } from './pages/occuscopePage.ts';

const ruler = 'clip=ruler&model=ruler&backend=cpu';
const CAR_BLUE = '#0096f5';
const PEDESTRIAN_RED = '#ff0000';
const ROAD_MAGENTA = '#ff00ff';
const VEGETATION_GREEN = '#00af00';

test('six camera images show before the model is ready, in rig order; themes are remembered', async ({
  occuscope,
  page,
}) => {
  // The model is held back, so that only the images can be there.
  await page.route('**/models/index.json', () => undefined);
  await page.emulateMedia({ colorScheme: 'light' });
  await occuscope.open(ruler);
  await expect(page.locator('.camera--tile canvas[data-frame="0"]')).toHaveCount(6);
  const milliseconds = await page.evaluate(() => performance.now());
  test.info().annotations.push({ type: 'images shown after', description: `${milliseconds.toFixed(0)} ms` });
  await expect(occuscope.status).not.toHaveAttribute('data-phase', 'ready');
  const names = await page.locator('.camera--tile .camera__name').allTextContents();
  expect(names).toEqual(['front left', 'front', 'front right', 'back left', 'back', 'back right']);

  const background = () => page.evaluate(() => getComputedStyle(document.querySelector('.header')!).backgroundColor);
  await expect.poll(background).toBe('rgb(255, 255, 255)');
  await page.getByLabel('Theme').selectOption('dark');
  await expect.poll(background).toBe('rgb(20, 23, 27)');
  await page.reload();
  await expect.poll(background).toBe('rgb(20, 23, 27)');
});

test.describe('one visit', () => {
  test.use({ journey: 'visit' });
  test.describe.configure({ mode: 'serial' });

  test('the picture shows the legend’s colours, and hiding and isolating classes takes them away', async ({
    occuscope,
    page,
  }) => {
    await occuscope.openReady(`${ruler}&view=birds-eye&palette=occ3d`);
    const picture = await settlePicture();
    expect(countColours(picture), 'not one flat colour').toBeGreaterThan(8);
    const blue = measureHueShare(picture, CAR_BLUE);
    const red = measureHueShare(picture, PEDESTRIAN_RED);
    expect(blue).toBeGreaterThan(0.0005);
    expect(red).toBeGreaterThan(0.0002);

    await occuscope.legendRow('car').getByRole('button').first().click();
    await expect(occuscope.legendRow('car')).toHaveClass(/hidden/);
    expect(measureHueShare(await settlePicture(), CAR_BLUE)).toBeLessThan(blue / 2);

    await occuscope
      .legendRow('pedestrian')
      .getByRole('button')
      .first()
      .click({ modifiers: ['Alt'] });
    await expect(page.locator('.legend__row--hidden')).toHaveCount(16);
    const alone = await settlePicture();
    expect(measureHueShare(alone, PEDESTRIAN_RED)).toBeGreaterThanOrEqual(red * 0.8);
    await expect(page).toHaveURL(/hide=0,1,2,3,4,5,6,8,/);

    await page.getByRole('button', { name: 'Show all classes' }).click();
    await expect(page.locator('.legend__row--hidden')).toHaveCount(0);
    const names = await occuscope.legendRow('car').locator('.legend__count').textContent();
    expect(Number(names)).toBe((await occuscope.report()).frame?.voxels['car']);

    await test.step('only what one camera sees: little of the road lies behind the car, and no tree', async () => {
      const shareOf = async (colour: string) => measureHueShare(await occuscope.readPicture(), colour);
      const whole = await settlePicture();
      expect(measureHueShare(whole, VEGETATION_GREEN)).toBeGreaterThan(0.0005);
      const road = measureHueShare(whole, ROAD_MAGENTA);
      await page.locator('summary').filter({ hasText: 'Cameras' }).click();
      const camera = page.getByRole('combobox', { name: 'Show only what this camera sees' });
      await camera.selectOption('back');
      await expect(page).toHaveURL(/seen=4/);
      await expect.poll(() => shareOf(VEGETATION_GREEN)).toBeLessThan(0.0001);
      const behind = await shareOf(ROAD_MAGENTA);
      expect(behind).toBeGreaterThan(road * 0.02);
      expect(behind).toBeLessThan(road * 0.4);
      await camera.selectOption('any or no camera');
      await expect.poll(() => shareOf(ROAD_MAGENTA)).toBeGreaterThan(road * 0.9);
      await expect(page).not.toHaveURL(/seen=/);
      await expect(camera, 'the section stays unfolded').toBeVisible();
      // The keys of the next test are the page's.
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    });

    async function settlePicture() {
      await page.waitForTimeout(800);
      return occuscope.readPicture();
    }
  });

  test('keys play, step, jump and choose views, and yield to focused controls', async ({ occuscope, page }) => {
    await occuscope.goOnOrOpen(ruler);
    await page.keyboard.press('ArrowRight');
    await expect(occuscope.frameNumber).toHaveText('2');
    await page.keyboard.press('End');
    await expect(occuscope.frameNumber).toHaveText('8');
    await page.keyboard.press('Home');
    await expect(occuscope.frameNumber).toHaveText('1');

    await page.keyboard.press('Space');
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(occuscope.frameNumber).not.toHaveText('1');
    await page.keyboard.press('Space');
    await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();

    await page.keyboard.press('1');
    await expect(page.getByRole('radio', { name: 'Bird’s-eye' })).toBeChecked();
    await page.keyboard.press('6');
    await expect(page).toHaveURL(/view=camera:2/);
    await expect(page.getByTestId('focused-camera')).toContainText('front right');

    // A focused slider keeps its arrows: the height slice moves, the frame does not.
    const frame = await occuscope.frameNumber.textContent();
    await page.getByLabel('Height slice, lowest').focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByText('0.0 to 7.0 m')).toBeVisible();
    await expect(occuscope.frameNumber).toHaveText(frame!);
    await page.getByLabel('Height slice, lowest').blur();

    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await expect(help.getByText('Play or pause')).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(occuscope.frameNumber).toHaveText(frame!);
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
  });

  test('ground truth, presets and the timeline are a click away, and the address remembers them', async ({
    occuscope,
    page,
  }) => {
    await occuscope.goOnOrOpen(ruler);
    await occuscope.seek(2);
    await expect(occuscope.frameNumber).toHaveText('3');
    await page.getByRole('radio', { name: 'Ground truth' }).click();
    await expect(page).toHaveURL(/show=truth/);
    await expect(page.locator('.readout')).toHaveText('Frame 3, ground truth');
    expect(countColours(await occuscope.readPicture())).toBeGreaterThan(8);
    await page.locator('.camera--tile').nth(4).click();
    await expect(page).toHaveURL(/view=camera:4/);
    await page.getByLabel('Palette').selectOption('colour-blind-safe');
    await expect(page).toHaveURL(/palette=colour-blind-safe/);

    await page.reload();
    await page.evaluate(() => window.occuscope.ready);
    await expect(occuscope.frameNumber).toHaveText('3');
    await expect(page.getByRole('radio', { name: 'Ground truth' })).toBeChecked();
    await expect(page.getByTestId('focused-camera')).toContainText('back');
    expect(await page.getByLabel('Palette').inputValue()).toBe('colour-blind-safe');
  });
});

test('below a sub-path the bundled drive opens by itself and the shipped network predicts it', async ({
  occuscope,
  page,
}) => {
  await occuscope.openReady('backend=cpu');
  await expect(page).toHaveTitle(/Occuscope/);
  expect(new URL(page.url()).pathname).toBe('/some/sub/path/');
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  const report = await occuscope.report();
  expect(report.clip?.id).not.toBe('ruler');
  expect(report.model?.id).not.toBe('ruler');
  expect(report.problems).toEqual([]);
  const { free, ...occupied } = report.frame!.voxels;
  expect(free).toBeGreaterThan(100_000);
  expect(Object.values(occupied).filter((count) => count > 0).length, 'several classes are predicted').toBeGreaterThan(
    4,
  );
  expect(countColours(await occuscope.readPicture())).toBeGreaterThan(16);

  // Two frames on: the memory needs the frame between.
  await occuscope.seek(2);
  await expect(page.getByTestId('readout')).toContainText('Frame 3');
  expect((await occuscope.report()).memory).toMatchObject({ frames: 3, storedFrames: 3 });
  await page.getByRole('button', { name: 'Model card…' }).click();
  await expect(page.locator('.card-text')).toContainText(/\w{4}/);
  expect(await findFaults(page, 'dialog[open]'), 'accessibility of the model card').toEqual([]);
});
