import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Serious and critical faults of accessibility that stay in the page, or in a part of it, one line each. */
export async function findFaults(page: Page, part?: string): Promise<string[]> {
  const faults = await analyze(page, part);
  if (faults.length === 0) return faults;
  // A colour on its way from one theme to the other is nobody's fault.
  await page.waitForTimeout(2000);
  return analyze(page, part);
}

async function analyze(page: Page, part?: string): Promise<string[]> {
  // The page has no frames of other origins: no second page is needed to put results together.
  const builder = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (part ? builder.include(part) : builder).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
}
