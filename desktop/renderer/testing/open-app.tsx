import { act, cleanup, configure, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { onTestFinished } from 'vitest';
import { App } from '../app.tsx';
import { createReview, type Review } from '../store/review.ts';
import { aCase, anOverview } from './any-data.ts';
import { aFakeEngine, type FakeAnswers, type FakeEngine } from './fake-engine.ts';

// Screens are loaded when they are gone to, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 15_000 });

/** What a person does with the app, and sees of it. */
export type AppDriver = {
  readonly engine: FakeEngine;
  readonly review: Review;
  press(keys: string): Promise<void>;
  type(text: string): Promise<void>;
  click(name: string | RegExp, role?: string): Promise<void>;
  focusGrid(name: string): void;
  /** The text of the row under the cursor. */
  rowUnderCursor(grid: string): string;
  sees(text: string | RegExp): Promise<HTMLElement>;
  seesNo(text: string | RegExp): void;
  address(): string;
  eventually(check: () => void): Promise<void>;
};

/** Opens the whole app over an engine that answers as told; a case with one bundle is open unless the answers say otherwise. */
export function openApp(answers: FakeAnswers, address = '#/overview'): AppDriver {
  localStorage.clear();
  location.hash = address;
  const engine = aFakeEngine({
    'case:state': () => aCase(),
    'case:overview': () => anOverview(),
    'integrity:report': () => ({ bundles: [], pinnedKeys: [] }),
    'timeline:lanes': () => ({ bucketMs: 1000, buckets: 1, lanes: [], foldedLanes: 0 }),
    'filter:assist': ({ filter }) => ({ terms: [], replace: { start: 0, end: filter.length }, suggestions: [] }),
    ...answers,
  });
  const review = createReview(engine.host);
  const stop = review.start();
  const user = userEvent.setup();
  render(<App review={review} />);
  onTestFinished(() => {
    stop();
    cleanup();
  });
  return {
    engine,
    review,
    press: (keys) => user.keyboard(keys),
    type: (text) => user.keyboard(text.replaceAll('[', '[[').replaceAll('{', '{{')),
    click: async (name, role = 'button') => user.click(await screen.findByRole(role, { name })),
    focusGrid: (name) => act(() => screen.getByRole('grid', { name }).focus()),
    rowUnderCursor: (grid) => within(screen.getByRole('grid', { name: grid })).getByRole('row', { selected: true }).textContent,
    sees: (text) => waitFor(() => screen.getAllByText(text, { exact: false })[0]!),
    seesNo: (text) => {
      if (screen.queryAllByText(text, { exact: false }).length > 0) throw new Error(`"${text}" is on the screen.`);
    },
    address: () => location.hash,
    eventually: (check) => waitFor(check),
  };
}
