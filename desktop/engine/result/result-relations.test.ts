import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { parseSession } from '../../../fixtures/sessions/parse-session.ts';
import type { WrittenSession } from '../../../fixtures/sessions/written-session.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import type { OpenedResult } from '../../../shared/contract/result.ts';
import { createReviewEngine, type ReviewEngine } from '../create-review-engine.ts';
import { oddSessions } from '../testing/odd-sessions.ts';
import { untilOpened } from '../testing/until-opened.ts';

let engine: ReviewEngine | undefined;
afterEach(() => engine?.close());

/** Opens the result of one exchange of a session; `rows` as lines. */
async function openResult(session: WrittenSession, number: number): Promise<OpenedResult & { rows: string[] }> {
  const bundle = createMemoryBundle(session);
  engine = await createReviewEngine({ evidence: createMemoryEvidence([bundle]), settingsDirectory: false });
  const api = createEngineClient(engine);
  await api.call('case:open', { paths: [bundle.path] });
  await untilOpened(api);
  const { rows: found } = await api.call('exchange:list', { filter: `number:${number}`, offset: 0, limit: 1 });
  const opened = await api.call('result:open', { exchangeId: found[0]!.exchangeId });
  const { rows } = await api.call('result:page', { resultId: opened.resultId, offset: 0, limit: 100 });
  return { ...opened, rows: rows.map((row) => row.map((cell) => (typeof cell === 'object' ? JSON.stringify(cell) : cell)).join(' ')) };
}

describe('pages of one job', () => {
  it('fetched twice count once', async () => {
    const opened = await openResult(oddSessions.fetchedTwice, 1);
    expect(opened).toMatchObject({ rows: ['1', '2', '3'], complete: true, problems: [] });
  });

  it('that were never fetched make the result incomplete', async () => {
    const opened = await openResult(oddSessions.neverFetched, 1);
    expect(opened).toMatchObject({ total: 1, reportedRows: '1000', complete: false });
  });

  it('whose place nobody knows are left out, and told', async () => {
    const opened = await openResult(oddSessions.placeUnknown, 1);
    expect(opened.rows).toEqual(['1']);
    expect(opened.problems).toEqual(['Exchange 2 begins at a page token that no recorded answer gave: its 1 rows are left out.']);
  });

  it('that are damaged are passed over, and told', async () => {
    const opened = await openResult(oddSessions.damaged, 1);
    expect(opened.rows).toEqual(['1']);
    expect(opened.problems[0]).toMatch(/^Exchange 2 has an answer that cannot be read: /);
  });
});

describe('a masked answer', () => {
  it('says that its cells are not what BigQuery sent', async () => {
    const opened = await openResult(oddSessions.masked, 1);
    expect(opened.rows).toEqual(['***-**-1120']);
    expect(opened.problems).toEqual(['Masked before delivery: the cells are as the client got them, not as BigQuery sent them.']);
  });
});

describe('cells', () => {
  it('that do not fit their type make the column text: nothing is lost', async () => {
    const opened = await openResult(oddSessions.misfit, 1);
    expect(opened.rows).toEqual(['1 ["1","2"]', '**** ["x"]']);
    expect(opened.columns.map(({ engineType }) => engineType)).toEqual(['VARCHAR', 'VARCHAR']);
    expect(opened.problems).toHaveLength(2);
    expect(opened.problems[0]).toBe('1 cells of "id" are not INT64: the column is shown as text.');
  });

  it('of timestamps are read in every spelling', async () => {
    const answer = (format: string, cell: string) => `
        session times
        09:00:00 +1ms jobs.query SELECT
          sql   SELECT t FROM x -- ${format}
          rows  t TIMESTAMP
                ${cell}`;
    for (const cell of ['1772442000123456', '1.772442000123456E9', '2026-03-02T09:00:00.123456000000Z']) {
      const opened = await openResult(parseSession(answer('', cell)), 1);
      expect(opened.rows, cell).toEqual(['2026-03-02 09:00:00.123456+00']);
      await engine?.close();
      engine = undefined;
    }
  });

  it('of a listed table get the columns that tables.get told', async () => {
    const opened = await openResult(oddSessions.listing, 2);
    expect(opened.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['id INT64', 'total NUMERIC']);
    expect(opened.rows).toEqual(['7 1.1']);
  });
});
