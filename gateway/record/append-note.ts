import { leafDecision, leafName, leafWords } from './leaf-text.ts';
import type { NoteInput } from './record-input.ts';
import type { SessionLog } from './session-log.ts';

type SessionNote = Exclude<NoteInput, { kind: 'policy-change' }>;

/** What happened to an exchange after its intent: a later decision, a step of an approval. */
export function appendNote(session: SessionLog, note: SessionNote): void {
  if (note.kind === 'decision') appendDecision(session, note);
  else appendApproval(session, note);
}

function appendDecision(session: SessionLog, note: Extract<SessionNote, { kind: 'decision' }>): void {
  const decision = leafDecision(note.decision);
  const { exchangeId } = note;
  session.append(0, ({ at, monoUs, prev, seq }) => ({ at, decision, exchangeId, kind: 'decision', monoUs, prev, seq }));
}

function appendApproval(session: SessionLog, note: Extract<SessionNote, { kind: 'approval' }>): void {
  const identity = note.approver && session.discloseIdentity(note.approver);
  session.append(0, ({ at, monoUs, prev, seq }) => ({
    approval: { approvalId: leafName(note.approval.approvalId), state: note.approval.state },
    at,
    disclosed: { identity },
    exchangeId: note.exchangeId,
    expiresAt: note.expiresAt?.toISOString(),
    group: note.group,
    kind: 'approval',
    monoUs,
    prev,
    reason: leafWords(note.reason),
    requestDigest: note.requestDigest,
    seq,
    shownDigest: note.shownDigest,
  }));
}
