import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { exportSession } from '../../../gateway/record/export-session.ts';
import { listSessions } from '../../../gateway/record/list-sessions.ts';
import type { Bundle, BundleExchange } from '../../../shared/bundle/bundle.ts';
import { createSignerKey } from '../../../shared/bundle/ed25519-key.ts';
import type { End, Reconcile } from '../../../shared/bundle/format.ts';
import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { verifyBundle } from '../../../shared/bundle/verify-bundle.ts';

/** One exchange as an investigator finds it in an export. */
export type RecordedExchange = {
  readonly exchangeId: string;
  /** `gateway`: its own dry run. */
  readonly door: string;
  readonly methodId: string | undefined;
  /** Where the request went, and its SQL. */
  readonly target: string;
  readonly sql: string | undefined;
  readonly end: End | Reconcile | undefined;
  readonly responseSha256: string;
  readonly responseLength: number;
};

export type Records = {
  readonly sessions: number;
  readonly exchanges: readonly RecordedExchange[];
  /** What an export showed that must not be, such as a bundle that is not sound. */
  readonly faults: readonly string[];
};

/** Exports every session of a data directory, has each bundle verified, and reads all exchanges back. No gateway may run there. */
export async function readRecords(directory: string, exportsTo = directory): Promise<Records> {
  const exchanges: RecordedExchange[] = [];
  const faults: string[] = [];
  const exporterKey = createSignerKey('soak/exporter');
  const sessions = listSessions(directory);
  for (const { sessionId, state } of sessions) {
    if (state === 'open') faults.push(`session ${sessionId} is still open`);
    const outputPath = join(exportsTo, `${sessionId}.wacz`);
    const { writerKey } = await exportSession({
      directory,
      session: sessionId,
      outputPath,
      exportedBy: 'soak',
      exporterKey,
      snapshot: true,
    });
    const { verdict, checks } = await verifyBundle(outputPath, { pinnedKeys: [writerKey] });
    if (verdict !== 'sound') faults.push(`the export of session ${sessionId} is ${verdict}: ${JSON.stringify(checks).slice(0, 500)}`);
    await readBundle(outputPath, exchanges, faults);
    rmSync(outputPath);
  }
  return { sessions: sessions.length, exchanges, faults };
}

async function readBundle(path: string, exchanges: RecordedExchange[], faults: string[]): Promise<void> {
  const bundle = await openBundle(path);
  for await (const exchange of bundle.exchanges()) exchanges.push(await toRecorded(bundle, exchange));
  const ends = new Map<string, number>();
  for await (const { leaf } of bundle.leaves()) {
    if (leaf.kind === 'intent') ends.set(leaf.exchangeId, ends.get(leaf.exchangeId) ?? 0);
    if (leaf.kind === 'end' || leaf.kind === 'reconcile') ends.set(leaf.exchangeId, (ends.get(leaf.exchangeId) ?? 0) + 1);
  }
  for (const [id, count] of ends) if (count !== 1) faults.push(`exchange ${id} has ${count} ends`);
  await bundle.close();
}

async function toRecorded(bundle: Bundle, { exchangeId, intent, end, request, sql }: BundleExchange): Promise<RecordedExchange> {
  const hash = createHash('sha256');
  let responseLength = 0;
  for await (const piece of (await bundle.bodyStream(exchangeId, 'response')) ?? []) {
    hash.update(piece);
    responseLength += piece.length;
  }
  const target = request?.target ?? '';
  return { exchangeId, door: intent.door, methodId: intent.methodId, target, sql, end, responseSha256: hash.digest('hex'), responseLength };
}
