// Every call of the contract and what answers it, each a few lines.

import type { CallHandlers } from './create-review-engine.ts';
import { diffResults } from './diff/diff-results.ts';
import { diffSessions } from './diff/diff-sessions.ts';
import { diffStatements } from './diff/diff-statements.ts';
import type { EngineParts } from './engine-parts.ts';
import { getExchange } from './exchange/get-exchange.ts';
import { readBody } from './exchange/read-body.ts';
import { writeExport } from './export/write-export.ts';
import { assistFilter } from './filter/assist-filter.ts';
import { createValueSource } from './filter/filter-values.ts';
import { detectors } from './findings/detectors.ts';
import { getIntegrityReport } from './integrity/integrity-report.ts';
import { getOverview } from './overview/overview.ts';
import { getTimeline } from './overview/timeline.ts';
import { toReplayWindow } from './replay/replay-window.ts';
import { toOpenedResult } from './result/result-relations.ts';
import { getSqlSchema } from './sql/sql-schema.ts';

export function createCalls({ review, keys, exchanges, results, sql, findings, search, replays, custody }: EngineParts): CallHandlers {
  const pinnedKeys = () => ({ pinnedKeys: [...keys.list()] });
  return {
    'case:open': async ({ paths }) => {
      const before = new Set(review.bundles.map(({ bundleId }) => bundleId));
      const state = await review.open(paths);
      for (const { bundleId, fileName, manifestSha256 = '' } of state.bundles)
        if (!before.has(bundleId)) await custody.note('opened', `${fileName} ${manifestSha256}`.trim());
      return state;
    },
    'case:state': async () => review.state(),
    'case:cancel': async () => {
      review.cancel();
      return review.state();
    },
    'case:close': async () => {
      sql.close();
      await replays.cancel();
      await results.forget();
      await review.clear();
      return review.state();
    },
    'case:overview': async () => getOverview(review, await findings()),

    'integrity:report': async () => ({ bundles: await getIntegrityReport(review.bundles, review.database), ...pinnedKeys() }),
    'key:pin': async ({ fingerprint, label }) => {
      const signer = review.bundles.flatMap(({ signers }) => signers).find((each) => each.fingerprint === fingerprint);
      await keys.pin(signer?.key ?? fingerprint, label);
      await custody.note('key-pinned', `${label} ${fingerprint}`);
      await review.judgeAgain();
      return pinnedKeys();
    },
    'key:unpin': async ({ fingerprint }) => {
      await keys.unpin(fingerprint);
      await custody.note('key-unpinned', fingerprint);
      await review.judgeAgain();
      return pinnedKeys();
    },

    'exchange:list': (request) => exchanges.window(request),
    'exchange:locate': async (request) => {
      const offset = await exchanges.locate(request);
      return offset === undefined ? {} : { offset };
    },
    'exchange:get': ({ exchangeId }) => getExchange(review, exchangeId),
    'exchange:body': (request) => readBody(review, request),
    'filter:assist': ({ filter, cursor }) => assistFilter(filter, cursor, createValueSource(review)),

    'result:open': async ({ exchangeId }) => toOpenedResult(await results.open(exchangeId)),
    'result:page': (request) => results.page(request),

    'sql:run': (request) => sql.run(request),
    'sql:cancel': async ({ runId }) => ({ cancelled: sql.cancel(runId) }),
    'sql:schema': async () => ({ relations: await getSqlSchema(review, results) }),

    'diff:statements': ({ left, right }) => diffStatements(review, left, right),
    'diff:sessions': ({ left, right }) => diffSessions(review, left, right),
    'diff:results': async ({ left, right, keys: keyColumns, samples }) =>
      diffResults(review, await results.open(left), await results.open(right), { keys: keyColumns, samples }),

    'replay:start': async (request) => {
      await custody.note('replayed', request.target);
      return toReplayWindow(await replays.start(request), { offset: 0, limit: 0 });
    },
    'replay:state': async (window) => toReplayWindow(replays.current(), window),
    'replay:cancel': async () => {
      await replays.cancel();
      return toReplayWindow(replays.current(), { offset: 0, limit: 0 });
    },

    'timeline:lanes': (request) => getTimeline(review, request),
    'finding:list': async () => ({
      detectors: detectors.map(({ detector, title, description, severity }) => ({ detector, title, description, severity })),
      findings: [...(await findings())],
    }),
    'search:run': async (request) => {
      if (request.offset === 0) await custody.note('searched', request.text);
      return search.run(request);
    },
    'export:write': async (request) => {
      const written = await writeExport(review, results, request);
      await custody.note('exported', `${request.what.kind} as ${request.format}: ${written.rows} rows to ${written.path}`);
      return written;
    },
    'custody:list': () => custody.list(),
  };
}
