import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { demoBundle, root } from '../demo-folder.ts';
import { type ReviewServer, startReview } from './review-app.ts';

const folder = join(root, 'test-results/bad');
let server: ReviewServer | undefined;
test.beforeAll(() => mkdir(folder, { recursive: true }));
test.afterEach(() => server?.stop());

const cases: readonly (readonly [name: string, spoil: (sound: Buffer) => Buffer, sentence: RegExp])[] = [
  ['a text file', () => Buffer.from('hello'), /is not a Steno bundle/],
  ['an empty file', () => Buffer.alloc(0), /empty|not a Steno bundle/],
  ['a bundle cut in half', (sound) => sound.subarray(0, sound.length >> 1), /cut off|truncated/],
  [
    'a bundle with one flipped byte',
    (sound) => {
      const copy = Buffer.from(sound);
      copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
      return copy;
    },
    /not sound|damaged/i,
  ],
];

for (const [name, spoil, sentence] of cases) {
  test(`${name} is told in a sentence, and the app lives`, async ({ page }) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.wacz`);
    await writeFile(path, spoil(await readFile(demoBundle)));
    server = await startReview(path);
    await page.goto(server.link);
    await expect(page.getByText(sentence).first()).toBeVisible({ timeout: 20_000 });
  });
}
