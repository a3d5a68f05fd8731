import { hash } from 'node:crypto';
import { type BodySide, REDACTED_VALUE } from '../format.ts';
import type { BundlePlan, PlannedColumns, PlannedExchange } from './plan-bundle.ts';

// What a redaction must do to a bundle, so that everything else is still proved. Numbers count exchanges from 1.

export function redactField(plan: BundlePlan, number: number, name: string): void {
  const leaf = plan.leaves.map((line) => JSON.parse(line)).find((each) => each.exchange === number && each.disclosed?.[name] !== undefined);
  const digest: string = leaf.disclosed[name];
  take(plan.disclosures, (line) => hash('sha256', line, 'hex') === digest);
  const { input } = exchangeOf(plan, number);
  if (name === 'request') Object.assign(input, { request: undefined });
  declare(plan, [digest]);
}

export function redactBody(plan: BundlePlan, number: number, side: BodySide): void {
  const exchange = exchangeOf(plan, number);
  const columns = columnsOf(plan, number);
  exchange.bodies = exchange.bodies.map((body) => (body.side === side ? { ...body, bytes: undefined, salts: undefined } : body));
  const isAnswer = side === 'response' && columns !== undefined;
  if (isAnswer) columns.salts = { columns: columns.digests.map(() => ({})) };
  declare(plan, [...chunksOf(exchange, side), ...(isAnswer ? columns.digests : [])]);
}

export function redactColumn(plan: BundlePlan, number: number, column: number): void {
  const exchange = exchangeOf(plan, number);
  const columns = columnsOf(plan, number)!;
  exchange.isConverted = true;
  exchange.bodies = exchange.bodies.map((body) =>
    body.side === 'response' ? { ...body, bytes: withoutColumn(body.bytes!, column), salts: undefined } : body,
  );
  columns.salts = { ...columns.salts, columns: columns.salts.columns.map((each, index) => (index === column ? {} : each)) };
  declare(plan, [...chunksOf(exchange, 'response'), columns.digests[column]!]);
}

export function exchangeOf(plan: BundlePlan, number: number): PlannedExchange {
  return plan.records.find((record): record is PlannedExchange => record.kind === 'exchange' && record.input.intent.exchange === number)!;
}

export function columnsOf(plan: BundlePlan, number: number): PlannedColumns | undefined {
  return plan.records.find((record): record is PlannedColumns => record.kind === 'columns' && record.leaf.exchange === number);
}

export const chunksOf = ({ chunks }: PlannedExchange, side: BodySide): string[] =>
  chunks.filter((chunk) => chunk.side === side).map((chunk) => chunk.digest);

export function withoutColumn(body: Buffer, column: number): Buffer {
  return editAnswer(body, (answer) => {
    for (const row of answer.rows) row.f[column]!.v = REDACTED_VALUE;
  });
}

export type Answer = { schema?: { fields: { name: string; type: string }[] }; totalRows?: string; rows: { f: { v: unknown }[] }[] };

export function editAnswer(body: Buffer, edit: (answer: Answer) => void): Buffer {
  const answer = JSON.parse(body.toString('utf8')) as Answer;
  edit(answer);
  return Buffer.from(JSON.stringify(answer));
}

export function declare(plan: BundlePlan, redacted: readonly string[]): void {
  const step = { action: 'redacted', by: 'ann@acme.example', tool: 'steno 0.0.0', at: '2026-03-01T12:00:00.000Z' } as const;
  plan.custody.push({ ...step, reason: 'Article 17', redacted: [...new Set(redacted)] });
}

function take(lines: string[], isTaken: (line: string) => boolean): void {
  lines.splice(lines.findIndex(isTaken), 1);
}
