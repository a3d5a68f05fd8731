import { Refusal } from '../errors.ts';
import type { Exchange, JobRef, Principal, Wish } from '../exchange.ts';
import type { JobRow, Ledger } from './ledger.ts';

type Owner = { readonly issuer: string; readonly subject: string; readonly wishes: readonly Wish[] };

/** Resumable uploads are owned as jobs are, under a project that cannot be. */
export const uploadKey = '(upload)';

const maximumRemembered = 50_000;

/** Whose job is whose: behind one service account Google cannot tell, so the gateway does. */
export class JobOwners {
  readonly #ledger: Ledger;
  readonly #remembered = new Map<string, Owner>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Before the job's id reaches the client. The first owner stays. */
  own(job: JobRef, exchange: Exchange): void {
    if (this.#find(job) !== undefined) return;
    const { issuer, subject } = exchange.principal!;
    this.#ledger.ownJob({ ...job, issuer, subject, wishes: JSON.stringify(exchange.wishes) });
    exchange.kept = this.#ledger.commit();
    this.#remember(job, { issuer, subject, wishes: exchange.wishes });
  }

  /** More is known of what the job touched: whoever asks for it is judged by all of it from now on. */
  widen(job: JobRef, exchange: Exchange): void {
    const owner = this.#find(job);
    if (owner === undefined) return;
    this.#ledger.changeWishes(job, JSON.stringify(exchange.wishes));
    exchange.kept = this.#ledger.commit();
    this.#remember(job, { ...owner, wishes: exchange.wishes });
  }

  /** Refuses, in the words BigQuery has for a job that does not exist, unless the job is the principal's own; then recalls what it read. */
  refuseForeign(exchange: Exchange): void {
    const { call, job, principal } = exchange;
    const asked = call!.uploadId === undefined ? job! : { projectId: uploadKey, jobId: call!.uploadId };
    const owner = this.#find(asked);
    if (owner === undefined || !isSame(owner, principal!)) throw notFound(job ?? { ...asked, projectId: call!.params['projectId']! });
    exchange.wishes = owner.wishes;
  }

  /** The anonymous table of a result is read by the owner of its job, and by nobody else; other tables are the policy's to judge. */
  refuseForeignResult(exchange: Exchange): void {
    const { method, params } = exchange.call!;
    const { datasetId, tableId } = params;
    const job = datasetId!.startsWith('_') ? this.#ledger.findResultTable(`${exchange.projectId}.${datasetId}.${tableId}`) : undefined;
    if (job === undefined) return;
    const owner = this.#find(job);
    const isRead = method.id === 'bigquery.tabledata.list' || method.id === 'bigquery.tables.get';
    if (!isRead || owner === undefined || !isSame(owner, exchange.principal!)) {
      throw new Refusal('TABLE_NOT_FOUND', { table: `${exchange.projectId}:${datasetId}.${tableId}` });
    }
    exchange.job = job;
    exchange.wishes = owner.wishes;
  }

  isOwn(job: JobRef, principal: Principal): boolean {
    const owner = this.#find(job);
    return owner !== undefined && isSame(owner, principal);
  }

  /** For lists of jobs. */
  ownedBy(principal: Principal): (entry: Readonly<Record<string, unknown>>) => boolean {
    return ({ jobReference }) => jobReference !== undefined && this.isOwn(jobReference as JobRef, principal);
  }

  /** A job id that someone else already took: its repeat would answer with the other's job. */
  refuseTaken(exchange: Exchange): void {
    const owner = exchange.job && this.#find(exchange.job);
    if (owner !== undefined && !isSame(owner, exchange.principal!)) throw notFound(exchange.job!);
  }

  ownResultTable(name: string, job: JobRef, exchange: Exchange): void {
    this.#ledger.ownResultTable(name, job.projectId, job.jobId);
    exchange.kept = this.#ledger.commit();
  }

  /** The job whose anonymous result the table is. */
  findResultTable(name: string): JobRef | undefined {
    return this.#ledger.findResultTable(name);
  }

  ownBigQuerySession(bigQuerySession: string, exchange: Exchange): void {
    const { issuer, subject } = exchange.principal!;
    this.#ledger.ownBigQuerySession({ bigQuerySession, issuer, subject });
    exchange.kept = this.#ledger.commit();
  }

  /** BigQuery's sessions hold temporary tables and variables: each belongs to who made it. */
  refuseForeignSession(bigQuerySession: string, exchange: Exchange): void {
    const owner = this.#ledger.findBigQuerySession(bigQuerySession);
    if (owner === undefined || !isSame(owner, exchange.principal!))
      throw new Refusal('SESSION_NOT_YOURS', { bigQuerySession: bigQuerySession.slice(0, 100), exchangeId: exchange.id });
  }

  /** Jobs of an erased subject are nobody's: they count as not existing. */
  async forget(issuer: string, subject: string): Promise<void> {
    for (const [key, owner] of this.#remembered) if (owner.issuer === issuer && owner.subject === subject) this.#remembered.delete(key);
    await this.#ledger.forget(issuer, subject);
  }

  #find(job: JobRef): Owner | undefined {
    const known = this.#remembered.get(toKey(job));
    if (known !== undefined) return known;
    const row = this.#ledger.findJob(job.projectId, job.jobId);
    if (row === undefined) return undefined;
    return this.#remember(job, toOwner(row));
  }

  #remember(job: JobRef, owner: Owner): Owner {
    if (this.#remembered.size >= maximumRemembered) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(toKey(job), owner);
    return owner;
  }
}

const toKey = ({ projectId, jobId }: JobRef): string => `${projectId}\n${jobId}`;
const isSame = (owner: Pick<Owner, 'issuer' | 'subject'>, { issuer, subject }: Principal): boolean =>
  owner.issuer === issuer && owner.subject === subject;
const toOwner = ({ issuer, subject, wishes }: JobRow): Owner => ({ issuer, subject, wishes: JSON.parse(wishes) as Wish[] });
const notFound = ({ projectId, jobId }: JobRef): Refusal => new Refusal('JOB_NOT_FOUND', { project: projectId, job: jobId });
