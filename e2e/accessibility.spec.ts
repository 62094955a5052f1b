import type { Page } from '@playwright/test';
import { findFaults } from './pages/findFaults.ts';
import { expect, test } from './pages/occuscopePage.ts';

// Every panel and dialog, searched for faults that keep people out; and one whole comparison without a pointer.
// The model card is looked at in screen.spec.ts, where a network runs that has one.

const ruler = 'clip=ruler&model=ruler&backend=cpu';

test.use({ journey: 'accessibility' });
test.describe.configure({ mode: 'serial', timeout: 300_000 });

/** Faults of the page in both themes, with every section unfolded. */
async function expectNoFaults(page: Page, what: string): Promise<void> {
  await fold(page, 'open');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme });
    expect.soft(await findFaults(page), `${what}, ${colorScheme}`).toEqual([]);
  }
  await fold(page, 'closed');
}

/** Unfold what is folded, inner sections too, or fold it again. */
async function fold(page: Page, state: 'open' | 'closed'): Promise<void> {
  const sections = page.locator(state === 'open' ? 'details:not([open])' : 'details[data-unfolded][open]');
  for (let round = 0; round < 5 && (await sections.count()) > 0; round++) {
    await sections.evaluateAll((found) => {
      for (const section of found as HTMLDetailsElement[]) {
        section.dataset['unfolded'] = '';
        section.open = !section.open;
      }
    });
  }
  await expect(sections).toHaveCount(0);
}

/** Presses keys while the page is busy, so that it has them one straight after the other. */
async function pressAtOnce(page: Page, keys: readonly string[]): Promise<void> {
  await page.evaluate(() => {
    setTimeout(() => {
      for (const end = performance.now() + 600; performance.now() < end; );
    });
  });
  await Promise.all(keys.map((key) => page.keyboard.press(key)));
}

test('no serious fault in the screen as it opens', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(ruler);
  await expectNoFaults(page, 'the screen');
});

test('no dialog has a serious fault: commands, keys, opening, exporting', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(ruler);
  const dialog = page.locator('dialog[open]');
  const check = async (name: string) => {
    await expect(dialog).toBeVisible();
    expect.soft(await findFaults(page, 'dialog[open]'), name).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  };
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
  expect.soft(await findFaults(page, 'dialog[open]'), 'commands').toEqual([]);
  // The key after Escape is the page's, even where both reach a busy page between two frames.
  await pressAtOnce(page, ['Escape', '?']);
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await pressAtOnce(page, ['Escape', '?']);
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await check('keys');
  await page.getByRole('button', { name: 'Open…' }).click();
  await check('opening');
  await page.keyboard.press('Shift+E');
  await page.getByRole('combobox', { name: 'What to export' }).selectOption('video');
  await expect(page.getByRole('radiogroup', { name: 'Playing speed' })).toBeVisible();
  await check('exporting');
});

test('a whole comparison by keyboard alone', async ({ occuscope, page }) => {
  await occuscope.goOnOrOpen(ruler);
  /** Tab on until the control is reached, as a person does. */
  const tabTo = async (selector: string) => {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    }
    throw new Error(`No Tab leads to ${selector}.`);
  };
  const contents = () => page.locator('.pane').evaluateAll((panes) => panes.map((pane) => pane.dataset['content']));
  const opening = page.getByRole('button', { name: 'Open…' });
  await opening.focus();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
  await page.keyboard.type('difference side by side');
  await page.keyboard.press('Enter');
  await expect.poll(contents).toEqual(['prediction', 'truth', 'difference']);
  await expect(opening).toBeFocused();
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

test('no serious fault in columns, difference, memory and metrics', async ({ occuscope, page }) => {
  await page.locator('.pane').first().getByLabel('What this column shows').selectOption('memory');
  await expect(page.getByTestId('memory')).toHaveAttribute('data-frame', '0');
  await expect(page.locator('[data-testid="source-wait"]')).toHaveCount(0);
  await expectNoFaults(page, 'three columns');
  expect((await occuscope.report()).problems).toEqual([]);
});
