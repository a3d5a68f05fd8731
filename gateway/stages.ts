import { mkdirSync } from 'node:fs';
import type { Config } from './config.ts';
import { perUserOf } from './config-connections.ts';
import type { PeopleConfig } from './config-people.ts';
import { doorOf } from './doors/door.ts';
import type { RecordAccess } from './exchange.ts';
import { GatewayTokens } from './identity/gateway-tokens.ts';
import { Identity } from './identity/identify.ts';
import { RefreshCredentials } from './identity/refresh-credentials.ts';
import { TokenVerifier } from './identity/verify-token.ts';
import { log } from './observe/log.ts';
import { canSee } from './policy/can-see.ts';
import { Policy } from './policy/decide.ts';
import { PolicyFolder } from './policy/policy-folder.ts';
import { Totals } from './policy/session-totals.ts';
import { StatementProbe } from './probe-statement.ts';
import type { Recorder } from './record/recorder.ts';
import { AccessRecord } from './record-access.ts';
import { JobOwners, uploadKey } from './session/job-owners.ts';
import { Ledger } from './session/ledger.ts';
import { type OnClosed, Sessions } from './session/sessions.ts';
import { Connections } from './upstream/connections.ts';
import { Forwarder, type ForwardHooks } from './upstream/forward.ts';
import type { PersonalAccounts } from './upstream/per-user/personal-accounts.ts';

/** The stages, each made once and told only what it needs of the others. */
export type Stages = {
  readonly config: Config;
  readonly recorder: Recorder;
  readonly tokens: GatewayTokens;
  readonly verifier: TokenVerifier;
  /** Of people; undefined where they cannot sign in. */
  readonly credentials: RefreshCredentials | undefined;
  /** Of connections that work with each person's own account. */
  readonly accounts: readonly PersonalAccounts[];
  readonly identity: Identity;
  readonly access: RecordAccess;
  readonly sessions: Sessions;
  readonly owners: JobOwners;
  readonly folder: PolicyFolder;
  readonly policy: Policy;
  readonly forwarder: Forwarder;
  close(): Promise<void>;
};

/** `now`, in milliseconds since the epoch: when sessions are idle or old. */
export async function openStages(config: Config, recorder: Recorder, now: () => number = Date.now): Promise<Stages> {
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 });
  const tokens = await GatewayTokens.open(config.dataDirectory, { rotateMs: config.tokenKeys.rotateDays * dayMs });
  const credentials = config.people && openCredentials(config.dataDirectory, config.people);
  const verifier = new TokenVerifier(config.issuers, tokens, credentials?.isRevoked);
  const ledger = new Ledger(config.dataDirectory);
  const owners = new JobOwners(ledger);
  const totals = new Totals();
  const limits = { idleMs: config.session.idleMinutes * 60_000, maxAgeMs: config.session.maxHours * 3_600_000 };
  const onClosed: OnClosed = ({ sessionId }, reason) => {
    totals.forget(sessionId);
    // A recorder that is down says so to every request.
    return recorder.closeSession(sessionId, reason).catch(() => undefined);
  };
  const sessions = new Sessions(limits, onClosed, now);
  const folder = new PolicyFolder(config.policy.directory, ({ judge, mistakes }) => {
    for (const { file, message } of mistakes) log.error({ file }, `policy: ${message}`);
    if (judge !== undefined) recorder.note({ kind: 'policy-change', policyDigest: judge.policy.digest });
  });
  await folder.load();
  // OAuth libraries are heavy, and most gateways have one credential for all.
  const personal = config.connections.some(perUserOf)
    ? (await import('./upstream/per-user/open-personal-accounts.ts')).openPersonalAccounts(config)
    : { accounts: [], close: () => undefined };
  const connections = new Connections(config.connections, config.limits, personal.accounts);
  const probe = new StatementProbe(connections, recorder);
  const policy = new Policy(folder, (exchange) => probe.ask(exchange), totals);
  const forwarder = new Forwarder(connections, config, forwardHooks(owners, policy));
  const access = new AccessRecord(recorder, sessions);
  const sweep = setInterval(() => sessions.closeExpired(), 30_000).unref();
  return {
    config,
    recorder,
    tokens,
    verifier,
    credentials,
    accounts: personal.accounts,
    identity: new Identity(verifier),
    access: (request, event) => access.record(request, event, doorOf(request, config.universe?.domain)),
    sessions,
    owners,
    folder,
    policy,
    forwarder,
    async close() {
      clearInterval(sweep);
      folder.close();
      await connections.close();
      await ledger.close();
      credentials?.close();
      personal.close();
    },
  };
}

/** Whose an answer is, and whether it names what was judged. */
const forwardHooks = (owners: JobOwners, policy: Policy): ForwardHooks => ({
  keep: (exchange) =>
    exchange.call!.method.id === 'bigquery.jobs.list' ? owners.ownedBy(exchange.principal!) : canSee(policy.judgeFor(exchange), exchange),
  ownJob: (exchange, job) => owners.own(job, exchange),
  ownUpload: (exchange, uploadId) => owners.own({ projectId: uploadKey, jobId: uploadId }, exchange),
  reviewJob: (exchange, job, tables) => {
    const unjudged = policy.review(exchange, tables);
    if (unjudged.length === 0) return;
    log.error(
      { exchange: exchange.id, job: job.jobId, tables: unjudged },
      'BigQuery referenced tables that were not judged before the run',
    );
    owners.widen(job, exchange);
    policy.judgeAgain(exchange);
  },
  ownResultTable: (exchange, name, job) => owners.ownResultTable(name, job, exchange),
  ownBigQuerySession: (exchange, name) => owners.ownBigQuerySession(name, exchange),
});

const dayMs = 86_400_000;

function openCredentials(dataDirectory: string, { credentials, oidc, saml }: PeopleConfig): RefreshCredentials {
  const issuers = new Set([...oidc.map((each) => each.issuer), ...saml.map((each) => each.entityId)]);
  const limits = { maxMs: credentials.maxDays * dayMs, idleMs: credentials.idleDays * dayMs, perPerson: credentials.perPerson };
  return new RefreshCredentials(dataDirectory, limits, (issuer) => issuers.has(issuer));
}
