import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './pages/occuscopePage.ts';

// Every panel and dialog, searched for faults that keep people out; and one whole comparison without a pointer.

const ruler = 'clip=ruler&model=ruler&backend=cpu';

/** Serious and critical faults of the page as it is now, one line each. */
async function findFaults(page: Page): Promise<string[]> {
  // A colour on its way from one theme to the other is nobody's fault.
  await page.evaluate(() =>
    Promise.race([
      Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
      new Promise((resolve) => setTimeout(resolve, 1000)),
    ]).then(() => undefined),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
}

const states = [
  { name: 'the drive', query: '', theme: 'light' },
  { name: 'the drive in the dark', query: '', theme: 'dark' },
  { name: 'columns and memory', query: '&show=prediction,model:ruler%3Fmemory%3Doff,memory', theme: 'dark' },
  {
    name: 'difference and metrics',
    query: '&show=difference&metric=miou&beside=model:ruler%3Fmemory%3Doff',
    theme: 'light',
  },
] as const;

for (const { name, query, theme } of states) {
  test(`no serious fault: ${name}`, async ({ occuscope, page }) => {
    test.setTimeout(300_000);
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme });
    await occuscope.openReady(ruler + query);
    if (query.includes('memory')) await expect(page.locator('[data-testid="source-wait"]')).toHaveCount(0);
    if (query.includes('metric')) await expect(page.getByTestId('metrics')).toHaveAttribute('data-measured', '1');
    const folded = page.locator('details:not([open]) > summary');
    while ((await folded.count()) > 0) await folded.first().click();
    expect(await findFaults(page)).toEqual([]);
  });
}

test('no dialog has a serious fault: commands, keys, opening, model card', async ({ occuscope, page }) => {
  test.setTimeout(420_000);
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
  // The card can be read before the network has run.
  await occuscope.open('clip=ruler&model=street-base&backend=cpu');
  const dialog = page.locator('dialog[open]');
  const check = async (name: string) => {
    await expect(dialog).toBeVisible();
    expect(await findFaults(page), name).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  };
  await page.getByRole('button', { name: 'Model card…' }).click();
  await check('model card');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
  await check('commands');
  await page.keyboard.press('?');
  await check('keys');
  await page.getByRole('button', { name: 'Open…' }).click();
  await check('opening');
});

test('a whole comparison by keyboard alone', async ({ occuscope, page }) => {
  test.setTimeout(420_000);
  await occuscope.openReady(ruler);
  /** Tab on until the control is reached, as a person does. */
  const tabTo = async (selector: string) => {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    }
    throw new Error(`No Tab leads to ${selector}.`);
  };
  const contents = () => page.locator('.pane').evaluateAll((panes) => panes.map((pane) => pane.dataset['content']));
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
  await page.keyboard.type('difference side by side');
  await page.keyboard.press('Enter');
  await expect.poll(contents).toEqual(['prediction', 'truth', 'difference']);
  // The second column becomes another prediction, chosen with the arrow keys of its menus.
  await tabTo('.pane:nth-of-type(2) select[aria-label="What this column shows"]');
  await page.keyboard.press('ArrowUp');
  await expect.poll(contents).toEqual(['prediction', 'prediction', 'difference']);
  await tabTo('.pane:nth-of-type(2) select[aria-label="Of which prediction"]');
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await contents())[1]).toMatch(/^model:/);
  await tabTo('.outcome[aria-pressed]');
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(/outcomes=missed,invented,wrong/);
  await tabTo('.edge');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page).toHaveURL(/widths=/);
  await page.keyboard.press('m');
  await expect(page.getByTestId('metrics')).toHaveAttribute('data-measured', /[1-8]/);
  await tabTo('[data-metric="ray-iou"] button');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/metric=ray-iou/);
});
