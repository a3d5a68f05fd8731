import { Bot, CircleHelp, type LucideIcon, User } from 'lucide-react';
import type { Principal, SessionSummary } from '../../../../shared/contract/case.ts';
import { formatInstant, formatPlural } from '../../text/format.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Properties } from '../../widgets/properties.tsx';
import { Section } from '../../widgets/section.tsx';

const KINDS: Record<Principal['kind'], { readonly icon: LucideIcon; readonly word: string }> = {
  agent: { icon: Bot, word: 'Agent' },
  person: { icon: User, word: 'Person' },
  unknown: { icon: CircleHelp, word: 'Unknown' },
};

export function SessionsSection({ sessions }: { readonly sessions: readonly SessionSummary[] }) {
  return (
    <Section title={sessions.length === 1 ? 'Session' : 'Sessions'} aside={sessions.length > 1 ? `${sessions.length}` : undefined} flush>
      <ul className="divide-line divide-y">
        {sessions.map((session) => (
          <li key={`${session.bundleId} ${session.sessionId}`} className="px-3 py-2">
            <Session session={session} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Session({ session }: { readonly session: SessionSummary }) {
  const { principal } = session;
  const { icon: Icon, word } = KINDS[principal.kind];
  const ended = session.endedAt === undefined ? 'no end recorded' : formatInstant(session.endedAt);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-center gap-2">
        <Icon size={16} aria-hidden className="text-accent shrink-0" />
        <EvidenceText text={session.name} className="min-w-0 font-semibold break-words" />
        <span className="text-muted shrink-0 text-xs">
          {formatPlural(session.exchanges, 'exchange')}, {formatPlural(session.statements, 'statement')}
        </span>
      </div>
      <div className="grid gap-x-8 gap-y-1 xl:grid-cols-2">
        <Properties
          dense
          of={{
            Who: <Who principal={principal} word={word} />,
            Issuer: principal.issuer && <EvidenceText text={principal.issuer} />,
            Actors: principal.actChain.length > 0 ? <EvidenceText text={principal.actChain.join(' → ')} /> : undefined,
            Groups: principal.groups.length > 0 ? <EvidenceText text={principal.groups.join(', ')} /> : undefined,
          }}
        />
        <Properties
          dense
          of={{
            Tool: principal.tool && <EvidenceText text={principal.tool} />,
            Began: session.startedAt && formatInstant(session.startedAt),
            Ended: ended,
            State: session.state && <EvidenceText text={[session.state, session.closeReason].filter(Boolean).join(', ')} />,
          }}
        />
      </div>
    </div>
  );
}

const Who = ({ principal, word }: { readonly principal: Principal; readonly word: string }) => (
  <>
    <span className="text-muted">{word} </span>
    <EvidenceText text={principal.label} className="font-medium" />
    {principal.subject === principal.label ? null : <EvidenceText text={` (${principal.subject})`} className="text-muted" />}
  </>
);
