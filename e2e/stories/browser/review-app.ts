// The browser edition as an investigator uses it: `steno review FILE`, its printed link, its screens.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { root } from '../demo-folder.ts';

export type ReviewServer = { readonly link: string; stop(): void };

export function startReview(...bundles: readonly string[]): Promise<ReviewServer> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'steno.ts'), 'review', ...bundles, '--no-open'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, XDG_CONFIG_HOME: join(root, 'test-results/config') },
    },
  );
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const link = /http:\/\/\S+/.exec(printed)?.[0];
      if (link !== undefined) resolve({ link, stop: () => child.kill() });
    });
    child.once('close', (code) => reject(new Error(`steno review ended with ${code}: ${printed}`)));
  });
}

export class ReviewApp {
  readonly page: Page;
  readonly #complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && this.#complaints.push(message.text()));
  }

  async enter(link: string): Promise<void> {
    await this.page.goto(link);
    await this.expectScreen('Overview');
  }

  async show(screen: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen, exact: true }).click();
    await this.expectScreen(screen);
  }

  async expectScreen(name: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible({ timeout: 20_000 });
  }

  /** Filters the list of exchanges and returns how many remain. */
  async filter(text: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Filter' }).fill(text);
    await this.page.keyboard.press('Escape');
  }

  rows(): ReturnType<Page['getByRole']> {
    return this.page
      .getByRole('grid', { name: 'Exchanges' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('gridcell') });
  }

  /** Serious and critical violations of WCAG, by rule. */
  async violations(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    return violations
      .filter((each) => each.impact === 'serious' || each.impact === 'critical')
      .map((each) => `${each.id}: ${each.nodes[0]?.html.slice(0, 120)}`);
  }

  /** Errors of the page: exceptions, and whatever the content security policy stopped. */
  complaints(): readonly string[] {
    return this.#complaints;
  }
}
