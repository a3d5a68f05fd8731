import pc from 'picocolors';
import type { DiffLine, StatementDiff } from '../../../shared/contract/diff.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import { withCase } from './open-case.ts';

/** Prints how the SQL of two exchanges differs, line by line. Exit 0: the same text, 1: it differs. */
export async function diff(bundle: string, left: string, right: string): Promise<void> {
  const difference = await withCase(bundle, async (engine) =>
    engine.call('diff:statements', { left: await resolveExchange(engine, left), right: await resolveExchange(engine, right) }),
  );
  for (const line of formatDiff(difference)) console.log(line);
  process.exitCode = difference.identical ? 0 : 1;
}

/** An exchange is named by its id or by its place in the list, from 1. */
async function resolveExchange(engine: EngineApi, name: string): Promise<string> {
  if (!/^\d+$/.test(name)) return name;
  const { rows } = await engine.call('exchange:list', { filter: '', offset: Number(name) - 1, limit: 1 });
  const exchangeId = rows[0]?.exchangeId;
  if (exchangeId === undefined) throw new Error(`There is no exchange ${name} in this bundle.`);
  return exchangeId;
}

export function formatDiff({ left, right, identical, sameFingerprint, lines }: StatementDiff): string[] {
  const head = [`--- exchange ${left.number}`, `+++ exchange ${right.number}`];
  if (identical) return [...head, 'The same text.'];
  const note = sameFingerprint ? ['Alike but for literals, white space and comments.'] : [];
  return [...head, ...note, ...lines.flatMap(formatLine)];
}

function formatLine(line: DiffLine): string[] {
  const removed = line.left?.map((part) => (part.kind === 'removed' ? pc.red(part.text) : part.text)).join('') ?? '';
  const added = line.right?.map((part) => (part.kind === 'added' ? pc.green(part.text) : part.text)).join('') ?? '';
  if (line.kind === 'same') return [`  ${removed}`];
  return [...(line.left ? [`${pc.red('-')} ${removed}`] : []), ...(line.right ? [`${pc.green('+')} ${added}`] : [])];
}
