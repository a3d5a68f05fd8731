import { describe, expect, it } from 'vitest';
import { anExchange, anExchangeRow } from '../../testing/any-data.ts';
import { openApp } from '../../testing/open-app.tsx';

const openDiff = (address: string, identical = false) =>
  openApp(
    {
      'exchange:get': ({ exchangeId }) => anExchange(Number(exchangeId.slice(1))),
      'exchange:list': () => ({ total: 1, rows: [anExchangeRow(7)] }),
      'diff:statements': ({ left, right }) => ({
        left: { exchangeId: left, number: 1, sql: 'SELECT a' },
        right: { exchangeId: right, number: 2, sql: 'SELECT b' },
        identical,
        sameFingerprint: identical,
        lines: [
          {
            kind: 'changed',
            leftNumber: 1,
            rightNumber: 1,
            left: [
              { kind: 'same', text: 'SELECT ' },
              { kind: 'removed', text: `of ${left}` },
            ],
            right: [
              { kind: 'same', text: 'SELECT ' },
              { kind: 'added', text: `of ${right}` },
            ],
          },
        ],
        summary: { added: 0, removed: 0, changed: 1 },
      }),
      'diff:results': () => ({
        equal: false,
        schema: [{ column: 'id', left: 'INT64', right: 'STRING' }],
        leftRows: 3,
        rightRows: 2,
        added: 0,
        removed: 1,
        changed: 0,
        changedColumns: [],
        columns: ['id'],
        samples: [{ kind: 'removed', left: ['42'] }],
      }),
    },
    address,
  );

describe('comparing two exchanges', () => {
  it('shows both sides, and what became of the rows', async () => {
    const app = openDiff('#/diff/x1/x2');
    expect((await app.sees('of x1')).closest('del')).not.toBeNull();
    expect((await app.sees('of x2')).closest('ins')).not.toBeNull();
    await app.sees('3 rows left, 2 right');
    await app.sees(': INT64 left, STRING right');
  });

  it('swaps', async () => {
    const app = openDiff('#/diff/x1/x2');
    await app.sees('of x1');
    await app.click('Swap');
    expect(app.address()).toBe('#/diff/x2/x1');
    await app.eventually(() => expect(app.engine.inputsOf('diff:statements').at(-1)).toEqual({ left: 'x2', right: 'x1' }));
  });

  it('shows one under the other', async () => {
    const app = openDiff('#/diff/x1/x2');
    await app.sees('of x1');
    await app.click('Inline', 'radio');
    await app.eventually(() =>
      expect(document.querySelector('table[aria-label="Statements inline"]')?.textContent).toContain('−SELECT of x1'),
    );
  });

  it('says when there is nothing to tell apart', async () => {
    const app = openDiff('#/diff/x1/x2', true);
    await app.sees('The two statements are the same, byte by byte');
  });

  it('asks for what is missing, and takes it from a search', async () => {
    const app = openDiff('#/diff/x1');
    await app.sees('Choose two exchanges to compare');
    await app.click('Right side', 'combobox');
    await app.type('7');
    await app.sees('SELECT 7 FROM');
    await app.press('{Enter}');
    expect(app.address()).toBe('#/diff/x1/x7');
    expect(app.engine.inputsOf('exchange:list').at(-1)?.filter).toBe('number:7');
  });
});
