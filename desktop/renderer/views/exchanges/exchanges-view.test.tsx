import { describe, expect, it, vi } from 'vitest';
import { anExchange, anExchangeRow } from '../../testing/any-data.ts';
import type { FakeAnswers } from '../../testing/fake-engine.ts';
import { openApp } from '../../testing/open-app.tsx';

const TOTAL = 1_000_000;

const list: FakeAnswers['exchange:list'] = ({ offset, limit }) => ({
  total: TOTAL,
  rows: Array.from({ length: Math.min(limit, TOTAL - offset) }, (_, index) => anExchangeRow(offset + index + 1)),
});

const openList = (more: FakeAnswers = {}, address = '#/exchanges') => openApp({ 'exchange:list': list, ...more }, address);

describe('the list of exchanges', () => {
  it('holds a million rows and asks for those on screen only', async () => {
    const app = openList();
    await app.sees('SELECT 1 FROM acme.sales.orders');
    await app.sees('1 of 1,000,000');
    expect(app.engine.inputsOf('exchange:list').every((input) => input.limit <= 200)).toBe(true);
    expect(app.engine.inputsOf('exchange:list').length).toBeLessThan(4);
  });

  it('walks by keys', async () => {
    const app = openList();
    await app.sees('SELECT 1 FROM');
    app.focusGrid('Exchanges');
    await app.press('{ArrowDown}{ArrowDown}j');
    expect(app.rowUnderCursor('Exchanges')).toContain('SELECT 4 FROM');
    await app.press('{ArrowUp}k');
    expect(app.rowUnderCursor('Exchanges')).toContain('SELECT 2 FROM');
    await app.press('{Home}');
    expect(app.rowUnderCursor('Exchanges')).toContain('SELECT 1 FROM');
    await app.press('{End}');
    await app.sees('1,000,000 of 1,000,000');
  });

  it('opens the row under the cursor', async () => {
    const app = openList({ 'exchange:get': ({ exchangeId }) => anExchange(Number(exchangeId.slice(1))) });
    await app.sees('SELECT 1 FROM');
    app.focusGrid('Exchanges');
    await app.press('{ArrowDown}{Enter}');
    expect(app.address()).toBe('#/exchange/x2');
  });

  it('sorts by a column, then the other way', async () => {
    const app = openList();
    await app.sees('SELECT 1 FROM');
    await app.click('Duration');
    await app.click('Duration');
    await app.eventually(() => expect(app.engine.inputsOf('exchange:list').at(-1)?.sort).toEqual({ by: 'durationMs', direction: 'desc' }));
  });

  it('copies the whole SQL of a row', async () => {
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    const whole = `SELECT ${'x, '.repeat(300)}y`;
    const app = openList({ 'exchange:get': () => anExchange(1, { statement: { sql: whole, dryRun: false, parameters: [] } }) });
    await app.sees('SELECT 1 FROM');
    app.focusGrid('Exchanges');
    navigator.clipboard.writeText = write;
    await app.press('y');
    await app.sees('Copied as SQL');
    expect(write).toHaveBeenCalledWith(whole);
  });

  it('hides a column, and remembers it', async () => {
    const app = openList();
    await app.sees('SELECT 1 FROM');
    await app.click('Columns');
    await app.click('Duration', 'menuitemcheckbox');
    await app.press('{Escape}');
    await app.eventually(() => expect(JSON.parse(localStorage.getItem('steno.columns') ?? '{}').hidden).toContain('durationMs'));
  });
});

describe('the filter', () => {
  it('is taken over with Enter, and stands in the address', async () => {
    const app = openList();
    await app.sees('SELECT 1 FROM');
    app.focusGrid('Exchanges');
    await app.press('/');
    await app.type('outcome:refused');
    await app.press('{Enter}');
    await app.eventually(() => expect(app.engine.inputsOf('exchange:list').at(-1)?.filter).toBe('outcome:refused'));
    expect(app.address()).toBe('#/exchanges/outcome%3Arefused');
  });

  it('comes from a link', async () => {
    const app = openList({}, '#/exchanges/bytes%3E1GB');
    await app.eventually(() => expect(app.engine.inputsOf('exchange:list').at(-1)?.filter).toBe('bytes>1GB'));
  });

  it('says what is wrong, and is not applied', async () => {
    const problem = {
      code: 'FILTER_UNKNOWN_FIELD',
      message: 'There is no field "whom".',
      remedy: 'Did you mean "who:"?',
      span: { start: 0, end: 4 },
    };
    const app = openList({
      'filter:assist': ({ filter }) => ({
        terms: [],
        replace: { start: 0, end: 0 },
        suggestions: [],
        ...(filter === '' ? {} : { problem }),
      }),
    });
    await app.click('Filter', 'combobox');
    await app.type('whom:ci');
    await app.sees('There is no field "whom".');
    await app.press('{Enter}');
    expect(app.engine.inputsOf('exchange:list').every((input) => input.filter === '')).toBe(true);
  });

  it('completes with Tab', async () => {
    const app = openList({
      'filter:assist': () => ({ terms: [], replace: { start: 0, end: 3 }, suggestions: [{ label: 'outcome:', insert: 'outcome:' }] }),
    });
    await app.click('Filter', 'combobox');
    await app.type('out');
    await app.sees('outcome:');
    await app.press('{Tab}');
    await app.eventually(() => expect(document.querySelector<HTMLInputElement>('input[role=combobox]')?.value).toBe('outcome:'));
  });

  it('says so when nothing matches', async () => {
    const app = openList({ 'exchange:list': () => ({ total: 0, rows: [] }) }, '#/exchanges/who%3Anobody');
    await app.sees('Nothing matches this filter');
    await app.click('Clear the filter');
    expect(app.address()).toBe('#/exchanges');
  });

  it('never shows an answer that comes after the next question', async () => {
    const late = Promise.withResolvers<void>();
    const app = openList({
      'exchange:list': async ({ filter }) => {
        if (filter === 'first') await late.promise;
        return { total: 1, rows: [anExchangeRow(1, { sql: `SELECT '${filter}'` })] };
      },
    });
    await app.sees("SELECT ''");
    app.review.store.getState().setFilter('first');
    app.review.store.getState().setFilter('second');
    await app.sees("SELECT 'second'");
    late.resolve();
    await new Promise((resolve) => setTimeout(resolve, 20));
    app.seesNo("SELECT 'first'");
  });
});
