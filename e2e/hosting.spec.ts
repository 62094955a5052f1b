import { expect, test } from '@playwright/test';

test('the licences of what the site contains lie beside it', async ({ request }) => {
  const response = await request.get('./licences.md');
  expect(response.status()).toBe(200);
  const text = await response.text();
  for (const name of ['three', 'react', 'onnxruntime-web', 'zod']) expect(text).toContain(name);
});
