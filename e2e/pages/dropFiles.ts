import type { Page } from '@playwright/test';

/** Drag files or folders of this computer over the page and let them go, as the browser's own input: real events with real entries. */
export async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const at = { x: 400, y: 300 };
  await client.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at, data });
  await client.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
  await page.locator('html[data-drop]').waitFor();
  await client.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
  await client.detach();
}
