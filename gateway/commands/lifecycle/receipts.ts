import type { WriterLeaf } from '../../../shared/bundle/format.ts';
import { receipts } from '../../admin/lifecycle-schemas.ts';
import { requireConfig } from '../require-config.ts';
import { askLifecycle } from './ask-lifecycle.ts';

export type ReceiptsOptions = { readonly config: string; readonly kind?: string; readonly json?: boolean };

const kinds = ['retention', 'hold', 'redaction', 'erasure'];

/** Every act upon recordings that left a receipt: what, when, by whom, why, and the file that proves it. Lifted holds stand here too. */
export async function listReceipts({ config, kind, json }: ReceiptsOptions): Promise<void> {
  if (kind !== undefined && !kinds.includes(kind)) throw new Error(`--kind ${kind} is none: choose of ${kinds.join(', ')}.`);
  const { receipts: all } = receipts.parse(await askLifecycle(await requireConfig(config), 'receipts', 'GET'));
  const found = all.flatMap(({ file, receipt }) => {
    const entry = JSON.parse(receipt.entry) as WriterLeaf;
    return kind === undefined || entry.kind === kind ? [{ file, entry }] : [];
  });
  if (json) console.log(JSON.stringify(found, undefined, 2));
  else console.log(found.length === 0 ? 'There is no receipt.' : found.map(formatReceipt).join('\n'));
}

function formatReceipt({ file, entry }: { readonly file: string; readonly entry: WriterLeaf }): string {
  const { kind, at } = entry;
  const what = 'state' in entry ? `${kind} ${entry.state}` : kind;
  const session = 'sessionId' in entry && entry.sessionId !== undefined ? `  session ${entry.sessionId}` : '';
  const count = kind === 'erasure' ? `  ${entry.sessions} sessions` : '';
  const by = 'by' in entry && entry.by !== undefined ? `  by ${entry.by}` : '';
  const reason = 'reason' in entry && entry.reason !== undefined ? `  (${entry.reason})` : '';
  return `${at}  ${what}${session}${count}${by}${reason}\n  ${file}`;
}
