import path from 'node:path';
import { canonicalJson } from '../../shared/base/canonical-json.ts';
import type { Carry } from './carry.ts';
import { findLost } from './check-grown.ts';
import { checkRetired } from './check-retired.ts';
import { readSegmentHead } from './inspect-segment.ts';
import { listSegments } from './list-segments.ts';
import { JournalDamaged, LOST_REMEDY } from './record-errors.ts';
import { readSegment, type SegmentReport } from './recover-journal.ts';

export type FsckReport = {
  /** 0 sound, 1 a torn tail that the next start cuts off by itself, 2 damaged: a human must look. */
  readonly exitCode: 0 | 1 | 2;
  readonly segments: number;
  readonly bytes: number;
  readonly findings: readonly string[];
};

/** Reads every frame of a journal and writes nothing. Beside a running gateway the tail may be in motion: then 1 means nothing. */
export function checkJournal(directory: string): FsckReport {
  const files = listSegments(directory);
  const findings: string[] = [];
  let exitCode: FsckReport['exitCode'] = 0;
  let bytes = 0;
  let before: Carry | undefined;
  const worsen = (code: 1 | 2, finding: string): void => {
    exitCode = Math.max(exitCode, code) as FsckReport['exitCode'];
    findings.push(finding);
  };
  files.forEach((file, index) => {
    const name = path.basename(file);
    const isLast = index === files.length - 1;
    const report = readOrDamage(file);
    if (typeof report === 'string') {
      worsen(isLast && isUnborn(file) ? 1 : 2, report);
      before = undefined;
      return;
    }
    bytes += report.size;
    if (!report.isSealed && !isLast) worsen(2, `${name} was never sealed, though segments follow it`);
    if (report.fault !== undefined)
      worsen(1, `${name} has a torn tail of ${report.size - report.end} bytes (${report.fault}); the next start keeps it in quarantine`);
    if (index === 0) for (const finding of checkBeginning(directory, files)) worsen(2, finding);
    if (before !== undefined && !continues(before, file)) worsen(2, `${name} does not go on where the segment before it ended`);
    before = report.state.carry();
  });
  const lost = files.length === 0 || before !== undefined ? findLost(directory, before?.writerLog.size ?? 0) : undefined;
  if (lost !== undefined) worsen(2, `${lost}: part of the journal is gone. ${LOST_REMEDY}`);
  return { exitCode, segments: files.length, bytes, findings };
}

function readOrDamage(file: string): SegmentReport | string {
  try {
    return readSegment(file);
  } catch (error) {
    if (error instanceof JournalDamaged) return error.message;
    throw error;
  }
}

const isUnborn = (file: string): boolean => readSegmentHead(file) === undefined;

/** A journal that does not begin with the first entry of its log has let go of segments: the log must say so. */
function checkBeginning(directory: string, files: readonly string[]): string[] {
  const carry = readSegmentHead(files[0]!)?.carry;
  return carry === undefined || carry.writerLog.size === 0 ? [] : checkRetired(directory, files, carry);
}

function continues(before: Carry, file: string): boolean {
  const carry = readSegmentHead(file)?.carry;
  const chains = (state: Carry): string =>
    canonicalJson({
      log: state.writerLog,
      sessions: state.sessions.map(({ number, seq, prev, border }) => ({ number, seq, prev, border })),
    });
  // A segment whose newest sessions were taken out no longer tells their numbers; the one after it does.
  return carry !== undefined && chains(before) === chains(carry) && before.lastSessionNumber <= carry.lastSessionNumber;
}
