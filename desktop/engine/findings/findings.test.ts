import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { parseSession } from '../../../fixtures/sessions/parse-session.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import { createReviewEngine, type ReviewEngine } from '../create-review-engine.ts';
import { untilOpened } from '../testing/until-opened.ts';
import { detectors } from './detectors.ts';

let engine: ReviewEngine | undefined;
afterEach(() => engine?.close());

/** Findings of a session as lines: detector, exchanges, explanation. */
async function find(text: string): Promise<string[]> {
  const bundle = createMemoryBundle(parseSession(text));
  engine = await createReviewEngine({ evidence: createMemoryEvidence([bundle]), settingsDirectory: false });
  const api = createEngineClient(engine);
  await api.call('case:open', { paths: [bundle.path] });
  await untilOpened(api);
  const { findings } = await api.call('finding:list', {});
  return findings.map(({ detector, exchanges, explanation }) => `${detector} [${exchanges.map(({ number }) => number)}] ${explanation}`);
}

const denial = (time: string) => `
        ${time} +1ms jobs.query SELECT
          sql     SELECT * FROM acme.hr.people
          tables  acme.hr.people
          deny    forbid-hr Ask first.`;

describe('detectors', () => {
  it('are named once each', () => {
    expect(new Set(detectors.map(({ detector }) => detector)).size).toBe(detectors.length);
  });

  it('find nothing in a quiet session', async () => {
    const quiet = `
        session quiet
        09:00:00 +1ms jobs.query SELECT 100B
          sql     SELECT id FROM acme.sales.orders
          tables  acme.sales.orders
          rows    id INT64
                  1`;
    expect(await find(quiet)).toEqual([]);
  });

  it('denied-then-allowed: the same table, read after all', async () => {
    const later = `
        session s
        ${denial('09:00:00').trim()}
        09:05:00 +1ms jobs.query SELECT
          sql     SELECT name FROM acme.hr.people
          tables  acme.hr.people
          rows    name STRING
                  Ann`;
    expect(await find(later)).toEqual([
      'denied-then-allowed [1,2] ci-bot@acme.example was refused to read acme.hr.people (1 ×) and did so later.',
    ]);
  });

  it('denied-then-allowed: a refused drop and a later read are two things', async () => {
    const unlike = `
        session s
        09:00:00 +1ms jobs.query DROP_TABLE
          sql     DROP TABLE acme.sales.orders
          tables  acme.sales.orders
          deny    no-drop No.
        09:05:00 +1ms jobs.query SELECT
          sql     SELECT id FROM acme.sales.orders
          tables  acme.sales.orders
          rows    id INT64
                  1`;
    expect(await find(unlike)).toEqual([]);
  });

  it('repeated-denials: five within ten minutes, not five in an hour', async () => {
    const times = (minutes: readonly number[]) => `
        session s
        ${minutes
          .map((minute) => denial(`09:${String(minute).padStart(2, '0')}:00`))
          .join('')
          .trim()}`;
    expect(await find(times([0, 2, 4, 6, 8]))).toEqual([
      'repeated-denials [1,2,3,4,5] ci-bot@acme.example was refused 5 times, up to 5 within ten minutes.',
    ]);
    await engine?.close();
    expect(await find(times([0, 12, 24, 36, 48]))).toEqual([]);
  });

  it('bulk-read: by the rows of the result, over all pages of its job', async () => {
    const bulk = `
        session s
        09:00:00 +1ms jobs.query SELECT
          sql     SELECT id FROM acme.sales.orders
          tables  acme.sales.orders
          job     j
          page    - next p2 of 250000
          rows    id INT64
                  1
        09:00:01 +1ms jobs.getQueryResults
          job     j
          page    p2 of 250000
          rows    id INT64
                  2`;
    expect(await find(bulk)).toEqual(['bulk-read [1,2] ci-bot@acme.example was given a result of 250000 rows from acme.sales.orders.']);
  });

  it('write-after-read: what is read in one project and written in another', async () => {
    const moved = `
        session s
        09:00:00 +1ms jobs.query CREATE_TABLE_AS_SELECT
          sql     CREATE TABLE elsewhere.drop.copy AS SELECT * FROM acme.sales.orders
          tables  acme.sales.orders elsewhere.drop.copy`;
    expect(await find(moved)).toEqual([
      'write-after-read [1] ci-bot@acme.example moved data across projects: acme.sales.orders, elsewhere.drop.copy.',
    ]);
  });

  it('schema-probing: twenty questions about metadata', async () => {
    const probe = (index: number) => `
        09:00:${String(index).padStart(2, '0')} +1ms tables.get
          get     acme.sales.t${index}
          body    {}`;
    const many = `
        session s
        ${Array.from({ length: 20 }, (_, index) => probe(index))
          .join('')
          .trim()}`;
    expect((await find(many)).map((line) => line.replace(/\[.*\]/, '[…]'))).toEqual([
      'schema-probing […] ci-bot@acme.example asked for metadata 20 times.',
    ]);
  });
});
