import type { ReactNode } from 'react';
import type { ExchangeDetail } from '../../../../shared/contract/exchange.ts';
import { toHref } from '../../route.ts';
import { formatBytes, formatCount, formatDuration } from '../../text/format.ts';
import { Digest } from '../../widgets/digest.tsx';
import { EffectMark } from '../../widgets/effect-mark.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Properties } from '../../widgets/properties.tsx';
import { TimingsBar } from './timings-bar.tsx';

/** Beside the statement: what was decided, how long it took, what BigQuery said, which tables, who. */
export function ExchangeFacts({ detail }: { readonly detail: ExchangeDetail }) {
  return (
    <aside data-print="flow" aria-label="Facts" className="border-line flex min-h-0 flex-col overflow-auto border-l">
      <Decision detail={detail} />
      <JobError detail={detail} />
      {detail.timings.length === 0 ? null : (
        <Block title="Timings">
          <TimingsBar timings={detail.timings} total={detail.row.durationMs} />
        </Block>
      )}
      <Tables detail={detail} />
      <Job detail={detail} />
      <SameJob detail={detail} />
      <Who detail={detail} />
    </aside>
  );
}

const Block = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section aria-label={title} className="border-line border-b px-3 py-2.5 last:border-b-0">
    <h2 className="mb-1.5 text-xs font-semibold">{title}</h2>
    {children}
  </section>
);

const NARROW = 'grid-cols-[5.5rem_minmax(0,1fr)]';

function Decision({ detail: { decision } }: { readonly detail: ExchangeDetail }) {
  return (
    <Block title="Decision">
      <div className="flex flex-col gap-1.5">
        <span className="flex flex-wrap items-center gap-1.5 font-medium">
          <EffectMark effect={decision.effect} />
          {decision.rules.map((rule) => (
            <a
              key={rule}
              href={toHref({ screen: 'exchanges', filter: `rule:${rule}` })}
              className="bg-sunken hover:bg-selected rounded px-1.5 font-mono text-xs font-normal break-all"
            >
              <EvidenceText text={rule} />
            </a>
          ))}
        </span>
        {decision.reason === undefined ? null : (
          <p>
            <EvidenceText text={decision.reason} />
          </p>
        )}
        {decision.policyDigest === undefined ? null : (
          <span className="text-muted flex items-center gap-1 text-xs">
            policy <Digest value={decision.policyDigest} label="policy digest" />
          </span>
        )}
      </div>
    </Block>
  );
}

function JobError({ detail: { job } }: { readonly detail: ExchangeDetail }) {
  if (job?.errorMessage === undefined && job?.errorReason === undefined) return null;
  return (
    <Block title="BigQuery's error">
      <p className="text-upstream-error font-mono text-xs">{job.errorReason}</p>
      {job.errorMessage === undefined ? null : (
        <p className="break-words">
          <EvidenceText text={job.errorMessage} layout="block" />
        </p>
      )}
    </Block>
  );
}

const ACCESS_WORDS = { read: 'read', write: 'written', unknown: 'named' } as const;

function Tables({ detail: { referencedTables } }: { readonly detail: ExchangeDetail }) {
  if (referencedTables.length === 0) return null;
  const names = [...new Set(referencedTables.map((each) => each.table))];
  return (
    <Block title="Tables">
      <ul className="flex flex-col gap-1 text-xs">
        {names.map((table) => {
          const seen = referencedTables.filter((each) => each.table === table);
          const access = [...new Set(seen.map((each) => ACCESS_WORDS[each.access]))].join(', ');
          const sources = new Set(seen.map((each) => each.source));
          return (
            <li key={table} className="flex flex-col">
              <a href={toHref({ screen: 'exchanges', filter: `tables:${table}` })} className="font-mono break-all hover:underline">
                <EvidenceText text={table} />
              </a>
              <span className="text-muted">
                {access}
                {sources.size === 2 ? ', confirmed by the job' : sources.has('job') ? ', seen by the job only' : ''}
              </span>
            </li>
          );
        })}
      </ul>
    </Block>
  );
}

function Job({ detail: { job, row } }: { readonly detail: ExchangeDetail }) {
  const figures = {
    Processed: row.totalBytesProcessed && formatBytes(row.totalBytesProcessed),
    Rows: row.totalRows && formatCount(row.totalRows),
    Cache: row.cacheHit === undefined ? undefined : row.cacheHit ? 'hit' : 'miss',
    Project: job?.projectId && <EvidenceText text={job.projectId} />,
    Job: job?.jobId && <EvidenceText text={job.jobId} className="font-mono text-xs break-all" />,
    Location: job?.location && <EvidenceText text={job.location} />,
  };
  if (job === undefined && Object.values(figures).every((value) => value === undefined)) return null;
  return (
    <Block title="Job">
      <Properties of={figures} columns={NARROW} dense />
      {job === undefined || job.statistics.length === 0 ? null : (
        <details className="mt-1.5 text-xs">
          <summary className="text-muted">Statistics in BigQuery's words</summary>
          <dl className="mt-1 flex flex-col gap-1">
            {job.statistics.map(({ name, value }) => (
              <div key={name}>
                <dt className="text-muted break-all">{name}</dt>
                <dd className="font-mono break-all">
                  <EvidenceText text={value} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Block>
  );
}

function SameJob({ detail: { sameJob, row } }: { readonly detail: ExchangeDetail }) {
  const others = sameJob.filter((each) => each.exchangeId !== row.exchangeId);
  if (others.length === 0) return null;
  return (
    <Block title="Same job">
      <ul className="flex flex-col gap-0.5 text-xs">
        {others.slice(0, 20).map(({ exchangeId, number, methodId }) => (
          <li key={exchangeId}>
            <a href={toHref({ screen: 'exchange', exchangeId })} className="flex gap-2 hover:underline">
              <span className="text-accent">{number}</span>
              <code className="text-muted truncate">{methodId}</code>
            </a>
          </li>
        ))}
      </ul>
      {others.length > 20 ? <p className="text-muted text-xs">and {others.length - 20} more</p> : null}
    </Block>
  );
}

function Who({ detail: { principal, client, connection, end, row } }: { readonly detail: ExchangeDetail }) {
  return (
    <Block title="Who and how">
      <Properties
        columns={NARROW}
        dense
        of={{
          Who: <EvidenceText text={principal.label} />,
          Subject: principal.subject === principal.label ? undefined : <EvidenceText text={principal.subject} />,
          Issuer: <EvidenceText text={principal.issuer} />,
          Actors: principal.actChain.length > 0 ? <EvidenceText text={principal.actChain.join(' → ')} /> : undefined,
          Tool: principal.tool && <EvidenceText text={principal.tool} />,
          From: client.address && <EvidenceText text={client.address} className="font-mono text-xs" />,
          Door: client.door,
          Connection: connection,
          'To client': end?.bytesToClient && formatBytes(end.bytesToClient),
          Upstream: end?.bytesFromUpstream && formatBytes(end.bytesFromUpstream),
          Took: row.durationMs === undefined ? undefined : formatDuration(row.durationMs),
        }}
      />
    </Block>
  );
}
