import { optionalPaths } from '../format.ts';
import type { Report } from '../verification.ts';
import type { ZipArchive } from '../zip-archive.ts';
import { parseRotation, type Rotation } from './follow-rotations.ts';
import { readMember } from './read-member.ts';

const MAX_ROTATIONS = 1_000;

/** The changes of keys that came along: each must be signed by both its keys. */
export async function checkRotations(zip: ZipArchive, report: Report): Promise<Rotation[]> {
  const subject = optionalPaths.keyRotations;
  const rotations: Rotation[] = [];
  const lines = zip.entries.has(subject) ? ((await readMember(zip, subject))?.toString('utf8').split('\n') ?? []) : [''];
  if (lines.pop() !== '' || lines.length > MAX_ROTATIONS) report.fault('key-rotation', subject, 'does not end as a file of lines ends');
  for (const [index, line] of lines.slice(0, MAX_ROTATIONS).entries()) {
    const rotation = parseRotation(Buffer.from(line));
    if (rotation === undefined) report.fault('key-rotation', `line ${index + 1}`, 'is no change of keys that both keys signed');
    else rotations.push(rotation);
  }
  const count = `${lines.length} ${lines.length === 1 ? 'change of keys is' : 'changes of keys are'} signed by both keys`;
  report.done('key-rotation', subject, lines.length === 0 ? 'no change of keys came along' : count);
  return rotations;
}
