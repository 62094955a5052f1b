import sharp from 'sharp';
import { expect, test } from './pages/occuscopePage.ts';

test('an image that is too dark is said to be, and predicted all the same', async ({ occuscope, page }) => {
  const black = { create: { width: 64, height: 40, channels: 3, background: '#040404' } } as const;
  const body = await sharp(black).png().toBuffer();
  await page.route('**/clips/ruler/frame-0-cam-front.png', (route) =>
    route.fulfill({ body, contentType: 'image/png' }),
  );
  await occuscope.openReady('clip=ruler&model=ruler&backend=cpu');
  const strip = page.getByRole('region', { name: 'Camera images' });
  const badges = strip.getByText('low confidence: too dark');
  // On its tile; on the enlarged image once the camera is chosen.
  await expect(strip.getByRole('button').getByText('low confidence: too dark')).toHaveCount(1);
  await strip.getByRole('button', { name: /the front camera .*low confidence: too dark/ }).click();
  await expect(badges).toHaveCount(2);
  await expect(badges.first()).toHaveAttribute('title', /mean luminance of 4 of 255/);
  const { cameras, frame } = await occuscope.report();
  expect(cameras.map(({ sight }) => sight?.verdict)).toEqual(['clear', 'too-dark', 'clear', 'clear', 'clear', 'clear']);
  expect(frame?.index).toBe(0);
  await occuscope.seek(1);
  await expect(badges).toHaveCount(0);
});
