import type { OpenExchangeState } from './carry.ts';
import type { ReconcileOutcome, Reconciler } from './record-input.ts';

const AT_ONCE = 8;
const TIMEOUT_MS = 10_000;

export type Reconciled = { readonly open: OpenExchangeState; readonly outcome: ReconcileOutcome };

/** Asks what became of each open exchange. Never throws, never waits for ever: what cannot be learnt is `unknown`. */
export async function reconcileExchanges(
  exchanges: readonly OpenExchangeState[],
  sessionIds: ReadonlyMap<number, string>,
  reconcile: Reconciler | undefined,
): Promise<Reconciled[]> {
  const outcomes: Reconciled[] = [];
  for (let start = 0; start < exchanges.length; start += AT_ONCE) {
    const asked = exchanges.slice(start, start + AT_ONCE);
    outcomes.push(
      ...(await Promise.all(
        asked.map(async (open) => ({ open, outcome: await ask(open, sessionIds.get(open.session) ?? '', reconcile) })),
      )),
    );
  }
  return outcomes;
}

async function ask(open: OpenExchangeState, sessionId: string, reconcile: Reconciler | undefined): Promise<ReconcileOutcome> {
  if (reconcile === undefined) return { state: 'unknown', reason: 'The gateway ended before the exchange did; nobody was asked.' };
  const timeout = Promise.withResolvers<ReconcileOutcome>();
  const timer = setTimeout(
    () => timeout.resolve({ state: 'unknown', reason: 'BigQuery did not say in time what became of the job.' }),
    TIMEOUT_MS,
  );
  try {
    const { exchangeId, at, methodId, connection, job } = open;
    return await Promise.race([reconcile({ exchangeId, sessionId, at, methodId, connection, job }), timeout.promise]);
  } catch (error) {
    return { state: 'unknown', reason: `BigQuery could not be asked: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    clearTimeout(timer);
  }
}
