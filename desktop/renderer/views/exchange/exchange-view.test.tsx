import { describe, expect, it, vi } from 'vitest';
import { anExchange, anExchangeRow } from '../../testing/any-data.ts';
import type { FakeAnswers } from '../../testing/fake-engine.ts';
import { openApp } from '../../testing/open-app.tsx';

// The editor measures text, which this DOM cannot; its own story is told in a real browser.
vi.mock('../../widgets/code/read-only-editor.tsx', () => ({
  default: ({ text, label }: { text: string; label: string }) => <pre title={label}>{text}</pre>,
}));

const openExchange = (number: number, more: FakeAnswers = {}, tab = '') =>
  openApp(
    {
      'exchange:get': ({ exchangeId }) => anExchange(Number(exchangeId.slice(1))),
      'exchange:locate': ({ exchangeId }) => ({ offset: Number(exchangeId.slice(1)) - 1 }),
      'exchange:list': ({ offset, limit }) => ({
        total: 9,
        rows: Array.from({ length: limit }, (_, index) => anExchangeRow(offset + index + 1)),
      }),
      'exchange:body': () => ({ offset: 0, bytes: 9, totalBytes: 9, text: '{"a":"b"}', contentType: 'application/json' }),
      ...more,
    },
    `#/exchange/x${number}${tab}`,
  );

describe('an exchange', () => {
  it('shows the statement, formatted, and as it was sent', async () => {
    const app = openExchange(4);
    await app.sees('Exchange 4');
    await app.sees(/SELECT\s+4\s+FROM\s+acme\.sales\.orders/);
    await app.click('As sent', 'radio');
    await app.sees('SELECT 4 FROM acme.sales.orders');
  });

  it('walks the list with [ and ]', async () => {
    const app = openExchange(4);
    await app.sees('4 of 9');
    await app.press(']');
    await app.sees('Exchange 5');
    expect(app.address()).toBe('#/exchange/x5');
    await app.sees('5 of 9');
    await app.press('[[');
    await app.sees('Exchange 4');
  });

  it('goes back to the list with Escape, filter and all', async () => {
    const app = openExchange(4);
    app.review.store.getState().setFilter('who:ci');
    await app.sees('Exchange 4');
    await app.press('{Escape}');
    expect(app.address()).toBe('#/exchanges/who%3Aci');
  });

  it('chooses parts by digits', async () => {
    const app = openExchange(4);
    await app.sees('Exchange 4');
    await app.press('2');
    expect(app.address()).toBe('#/exchange/x4/request');
    await app.sees('"a": "b"');
  });

  it('makes visible what would hide', async () => {
    const decision = { effect: 'deny' as const, rules: ['r1'], reason: 'no\u202e access' };
    const app = openExchange(4, { 'exchange:get': () => anExchange(4, { decision }) });
    await app.sees('U+202E');
  });

  it('says why there is no result of a refused statement', async () => {
    const row = anExchangeRow(4, { outcome: 'refused', effect: 'deny', status: 403 });
    const decision = { effect: 'deny' as const, rules: ['forbid-hr'], reason: 'Ask the HR data owner.' };
    const app = openExchange(4, { 'exchange:get': () => anExchange(4, { row, decision }) }, '/result');
    await app.sees('Refused: there is no result');
    await app.sees('Ask the HR data owner.');
  });

  it('says when a body is not in the bundle', async () => {
    const bodies = [{ side: 'response' as const, bytes: 1234, present: false }];
    const app = openExchange(4, { 'exchange:get': () => anExchange(4, { bodies }) }, '/response');
    await app.sees('The body is not in the bundle');
  });
});

describe('a recorded result', () => {
  const columns = [
    { name: 'id', type: 'INT64', mode: 'REQUIRED' as const, engineType: 'BIGINT' },
    { name: 'note', type: 'STRING', mode: 'NULLABLE' as const, engineType: 'VARCHAR', masked: true },
    { name: 'tags', type: 'STRING', mode: 'REPEATED' as const, engineType: 'VARCHAR[]' },
  ];
  const openResult = (more: FakeAnswers = {}) =>
    openExchange(4, {
      'exchange:get': () => anExchange(4, { row: anExchangeRow(4, { hasResult: true }) }),
      'result:open': () => ({ resultId: 'result_4', columns, total: 2, reportedRows: '7', complete: false, pages: [], problems: [] }),
      'result:page': () => ({
        offset: 0,
        rows: [
          ['9007199254740993', null, { list: ['a', 'b'] }],
          ['2', '', { list: [] }],
        ],
      }),
      ...more,
    });

  it('keeps every digit, and tells NULL from nothing', async () => {
    const app = openResult();
    await app.sees('9007199254740993');
    await app.sees('NULL');
    await app.sees('empty');
    await app.sees('of 7: the client did not fetch the rest');
    await app.sees('result_4');
  });

  it('unfolds a nested value', async () => {
    const app = openResult();
    await app.sees('9007199254740993');
    app.focusGrid('Result');
    await app.press('{ArrowRight}{ArrowRight}{Enter}');
    await app.sees('2 elements');
    await app.press('{Escape}');
    app.seesNo('2 elements');
  });

  it('sorts in the engine', async () => {
    const app = openResult();
    await app.sees('9007199254740993');
    await app.click(/^note/);
    await app.eventually(() => expect(app.engine.inputsOf('result:page').at(-1)?.sort).toEqual({ column: 'note', direction: 'asc' }));
  });
});
