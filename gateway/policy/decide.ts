import { Refusal } from '../errors.ts';
import type { Decision, DryRunFacts, Exchange, Resource, Wish } from '../exchange.ts';
import { findDisagreement } from './compare-dry-run.ts';
import type { ContextInput } from './context.ts';
import { findUnjudged } from './find-unjudged.ts';
import { describeResource, type Judge, type Verdict } from './judge.ts';
import type { PolicyFolder } from './policy-folder.ts';
import { mayReach } from './reach.ts';
import type { Totals } from './session-totals.ts';
import { urisOfJob, wishesOfJob } from './wishes-of-job.ts';
import { wishesOfMethod } from './wishes-of-method.ts';
import { unique, wishesOfStatement } from './wishes-of-statement.ts';

export type DryRun = (exchange: Exchange) => Promise<DryRunFacts>;

/** The policy stage: may they? Fills `wishes` and `decision`; throws the refusal when the answer is no. */
export class Policy {
  readonly #folder: PolicyFolder;
  readonly #dryRun: DryRun;
  readonly #totals: Totals;

  constructor(folder: PolicyFolder, dryRun: DryRun, totals: Totals) {
    this.#folder = folder;
    this.#dryRun = dryRun;
    this.#totals = totals;
  }

  /** The policy in force; throws the refusal when there is none. */
  judgeFor({ id }: Exchange): Judge {
    const { judge } = this.#folder;
    if (judge === undefined) throw unavailable('no valid policy is loaded', id);
    return judge;
  }

  async decide(exchange: Exchange): Promise<void> {
    const judge = this.judgeFor(exchange);
    const { statement } = exchange;
    this.#judgeAll(exchange, judge, this.#wishesOf(exchange, judge));
    if (statement === undefined || !needsDryRun(exchange, judge)) return;
    statement.dryRun = await this.#dryRun(exchange);
    const disagreement = findDisagreement(statement, statement.dryRun);
    if (disagreement !== undefined) throw refuse(exchange, judge, undefined, { why: disagreement, rules: ['parse-and-dry-run-agree'] });
    this.#judgeAll(exchange, judge, this.#wishesOf(exchange, judge));
    this.#totals.add(exchange);
  }

  /**
   * After the run: what BigQuery says the job referenced must have been judged. What was not is judged now, and from now on with the
   * job; throws the refusal when it is not permitted. Returns the tables that were not.
   */
  review(exchange: Exchange, tables: readonly string[]): readonly string[] {
    const unjudged = findUnjudged(exchange.wishes, tables);
    if (unjudged.length > 0) {
      exchange.unjudged = unjudged;
      const found = unjudged.map((id): Wish => ({ action: 'read', resource: { type: 'Table', id } }));
      exchange.wishes = [...exchange.wishes, ...found];
    }
    return unjudged;
  }

  /** Throws the refusal unless all that is now known of the exchange is permitted. */
  judgeAgain(exchange: Exchange): void {
    const { decision } = exchange;
    this.#judgeAll(exchange, this.judgeFor(exchange), exchange.wishes);
    exchange.decision = decision;
  }

  #wishesOf(exchange: Exchange, judge: Judge): readonly Wish[] {
    const { statement, call, body } = exchange;
    const projectId = exchange.projectId ?? '';
    const id = call!.method.id;
    if (call!.uploadId === undefined && (id === 'bigquery.jobs.query' || id === 'bigquery.jobs.insert')) {
      const configuration = (body?.json?.['configuration'] ?? {}) as Readonly<Record<string, unknown>>;
      const found = statement === undefined ? { wishes: [] } : wishesOfStatement(statement, projectId);
      if (found.refusal !== undefined) throw refuse(exchange, judge, undefined, { why: found.refusal, rules: [] });
      return unique([...found.wishes, ...wishesOfJob(configuration, projectId)]);
    }
    // Of a job: what was asked when it was made, so that a right withdrawn since then ends the reading too.
    if (exchange.job !== undefined || call!.uploadId !== undefined || id === 'bigquery.jobs.list') return exchange.wishes;
    // Which projects are shown is decided entry by entry.
    if (id === 'bigquery.projects.list') return [];
    return wishesOfMethod(call!, projectId, body?.json);
  }

  #judgeAll(exchange: Exchange, judge: Judge, wishes: readonly Wish[]): void {
    exchange.wishes = wishes;
    const principal = exchange.principal!;
    const input: ContextInput = {
      methodId: exchange.call!.method.id,
      tool: exchange.request.headers['user-agent'] ?? '',
      statement: exchange.statement,
      uris: urisOfJob(exchange.body?.json),
      totals: this.#totals.of(exchange),
      hour: exchange.at.getUTCHours(),
    };
    const rules = new Set<string>();
    for (const wish of wishes) {
      const verdict = isListing(exchange) ? mayReach(judge, principal, wish, input) : judge.judge(principal, wish, input);
      if (!verdict.allowed) throw refuse(exchange, judge, wish, explain(verdict, judge, wish));
      for (const rule of verdict.rules) rules.add(rule);
      refuseForbiddenMatches(exchange, judge, wish, input);
      refuseHiddenColumns(exchange, judge, wish, input);
    }
    if (wishes.length === 0 && !judge.mayAnything(principal, 'read', input)) {
      throw refuse(
        exchange,
        judge,
        { action: 'read', resource: { type: 'Project', id: exchange.projectId ?? '' } },
        { why: 'No rule permits you to read anything', rules: [] },
      );
    }
    exchange.decision = { effect: 'allow', rules: [...rules], policyDigest: judge.policy.digest };
  }
}

/** Lists and containers are shown to whoever reaches something inside; what is in them is filtered. */
const listings = new Set([
  'bigquery.projects.list',
  'bigquery.datasets.list',
  'bigquery.datasets.get',
  'bigquery.tables.list',
  'bigquery.routines.list',
  'bigquery.models.list',
]);
const isListing = (exchange: Exchange): boolean => listings.has(exchange.call!.method.id);

/** A view shows its tables only in a dry run, and an estimate comes from nowhere else. Scripts stop a dry run at their first turn. */
function needsDryRun({ statement }: Exchange, judge: Judge): boolean {
  if (statement === undefined || statement.useLegacySql || statement.isScript) return false;
  const { contextUsed } = judge.policy;
  const readsTables = statement.parts.some((part) => part.reads.length > 0);
  return readsTables || contextUsed.has('estimatedBytes') || contextUsed.has('estimateAccuracy') || contextUsed.has('*');
}

type Explanation = { readonly why: string; readonly rules: readonly string[] };

function explain(verdict: Verdict, judge: Judge, { action, resource }: Wish): Explanation {
  if (verdict.error !== undefined) return { why: `The rule could not be evaluated (fail closed): ${verdict.error}`, rules: verdict.rules };
  const forbidding = verdict.rules.map((id) => judge.policy.rules.get(id)).find((rule) => rule?.effect === 'forbid');
  if (forbidding === undefined) return { why: `No rule permits you to ${action} ${resource.type.toLowerCase()} ${resource.id}`, rules: [] };
  const why = forbidding.reason ?? `It is forbidden to ${action} this`;
  return { why: forbidding.approval ? `Approval required: ${why}` : why, rules: verdict.rules };
}

/** A wildcard reaches tables that rules name one by one: each must be allowed too. */
function refuseForbiddenMatches(exchange: Exchange, judge: Judge, wish: Wish, input: ContextInput): void {
  if (wish.tablePrefix === undefined) return;
  const prefix = `${wish.resource.id}.${wish.tablePrefix}`;
  for (const id of judge.policy.tablesNamed) {
    if (!id.startsWith(prefix)) continue;
    const match: Wish = { action: wish.action, resource: { type: 'Table', id } };
    const verdict = judge.judge(exchange.principal!, match, input);
    if (!verdict.allowed) throw refuse(exchange, judge, match, explain(verdict, judge, match));
  }
}

/** Until masking rewrites what is read, a table with a column that must not be seen in clear is not shown at all. */
function refuseHiddenColumns(exchange: Exchange, judge: Judge, wish: Wish, input: ContextInput): void {
  const { request, response } = exchange.call!.method.carries;
  const carriesRows = response === 'rows' || request === 'statement';
  if (wish.action !== 'read' || !carriesRows || judge.policy.columnsNamed.size === 0) return;
  for (const id of judge.policy.columnsNamed) {
    if (!id.startsWith(`${wish.resource.id}.`)) continue;
    const column: Resource = { type: 'Column', id };
    const verdict = judge.judge(exchange.principal!, { action: 'readColumn', resource: column }, input);
    const isForbidden = verdict.error !== undefined || verdict.rules.some((rule) => judge.policy.rules.get(rule)?.effect === 'forbid');
    if (!verdict.allowed && isForbidden) {
      throw refuse(
        exchange,
        judge,
        { action: 'readColumn', resource: column },
        { why: 'The column is masked for you, and this gateway cannot mask yet. Ask for a view without it', rules: verdict.rules },
      );
    }
  }
}

const unavailable = (why: string, exchangeId: string): Refusal => new Refusal('POLICY_UNAVAILABLE', { why, exchangeId });

function refuse(exchange: Exchange, judge: Judge, wish: Wish | undefined, { why, rules }: Explanation): Refusal {
  const decision: Decision = { effect: 'deny', rules, reason: why, policyDigest: judge.policy.digest };
  exchange.decision = decision;
  return new Refusal('POLICY_DENIED', {
    resource: wish === undefined ? `Project ${exchange.projectId}` : describeResource(wish.resource),
    why,
    rule: rules.length === 0 ? 'Nothing is allowed that no rule permits' : `Rule ${rules.map((each) => `"${each}"`).join(', ')}`,
    exchangeId: exchange.id,
  });
}
