import { expect, it } from 'vitest';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { parseSession } from '../../../fixtures/sessions/parse-session.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import { createReviewEngine } from '../create-review-engine.ts';
import { untilOpened } from '../testing/until-opened.ts';

it('carries whatever an agent wrote through to the screen: NUL, half surrogates, bidi marks, formulas, megabytes', async () => {
  const odd = `SELECT 'a\u0000b', '\ud800', '\u202egnp.exe', '🦆', '${'x'.repeat(2_000_000)}'`;
  const session = parseSession(`
    session odd
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT 1
      rows  n INT64
            1
  `);
  const [first] = session.exchanges;
  const bundle = createMemoryBundle({
    ...session,
    exchanges: [
      { ...first!, sql: odd, totalBytesProcessed: '9223372036854775807', tables: ["p.d.it's", 'only-a-name'] },
      // Beyond INT64: no such number can be in a column; the leaf still shows it.
      { ...first!, totalBytesProcessed: '9999999999999999999' },
    ],
  });
  const engine = await createReviewEngine({ evidence: createMemoryEvidence([bundle]), settingsDirectory: false });
  const api = createEngineClient(engine);
  await api.call('case:open', { paths: [bundle.path] });
  expect((await untilOpened(api)).bundles[0]).toMatchObject({ phase: 'ready', exchangesLoaded: 2, problems: [] });
  const { rows } = await api.call('exchange:list', { filter: '', offset: 0, limit: 10 });
  expect(rows.map(({ totalBytesProcessed }) => totalBytesProcessed)).toEqual(['9223372036854775807', undefined]);
  const detail = await api.call('exchange:get', { exchangeId: rows[0]!.exchangeId });
  // UTF-8 has no half surrogates: they become the replacement character, as in the bundle itself.
  expect(detail.statement?.sql).toBe(odd.replace('\ud800', '\ufffd'));
  expect(detail.referencedTables.map(({ table }) => table)).toEqual(["p.d.it's", 'only-a-name']);
  expect((await api.call('exchange:list', { filter: `tables:"p.d.it's" 🦆`, offset: 0, limit: 1 })).total).toBe(1);
  await engine.close();
});
