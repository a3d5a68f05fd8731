import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { demoBundle, root } from '../demo-folder.ts';
import { type ReviewServer, startReview } from './review-app.ts';

const folder = join(root, 'test-results/bad');
let server: ReviewServer | undefined;
test.beforeAll(() => mkdir(folder, { recursive: true }));
test.afterEach(() => server?.stop());

type Spoil = (sound: Buffer) => Buffer;

const unreadable: readonly (readonly [name: string, spoil: Spoil, sentence: RegExp])[] = [
  ['a text file', () => Buffer.from('hello'), /is not a Steno bundle/],
  ['an empty file', () => Buffer.alloc(0), /empty|is not a Steno bundle/],
  ['a bundle cut in half', (sound) => sound.subarray(0, sound.length >> 1), /was cut off/],
];

for (const [name, spoil, sentence] of unreadable) {
  test(`${name} is told in a sentence, and nothing is served`, async () => {
    await expect(startReview(await spoiled(name, spoil))).rejects.toThrow(sentence);
  });

  test(`${name}, opened in the app, is told there and the app lives`, async ({ page }) => {
    server = await startReview();
    await page.goto(server.link);
    await page
      .getByRole('textbox')
      .first()
      .fill(await spoiled(name, spoil));
    await page.keyboard.press('Enter');
    await expect(page.getByText(sentence).first()).toBeVisible();
  });
}

test('a bundle with one flipped byte opens as far as it is sound, and says that it is not', async ({ page }) => {
  server = await startReview(await spoiled('a flipped byte', flipByte));
  await page.goto(server.link);
  await expect(page.getByText(/not sound/i).first()).toBeVisible({ timeout: 20_000 });
});

async function spoiled(name: string, spoil: Spoil): Promise<string> {
  const path = join(folder, `${name.replaceAll(' ', '-')}.wacz`);
  await writeFile(path, spoil(await readFile(demoBundle)));
  return path;
}

function flipByte(sound: Buffer): Buffer {
  const copy = Buffer.from(sound);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}
