import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { redacted, redactionPreview } from '../../admin/lifecycle-schemas.ts';
import { exporterKeyFile, loadOrCreateKey } from '../../record/writer-key.ts';
import { redactBundle } from '../../retention/redact-bundle.ts';
import { type Redaction, redactionSchema } from '../../retention/redaction.ts';
import { requireConfig } from '../require-config.ts';
import { askLifecycle } from './ask-lifecycle.ts';

export type RedactOptions = {
  readonly config?: string;
  readonly output?: string;
  readonly field: readonly string[];
  readonly column: readonly string[];
  readonly body: readonly string[];
  readonly exchange?: string;
  readonly by: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

/** Redacts a session in the store, or a bundle file into a new one. */
export async function redact(target: string, options: RedactOptions): Promise<void> {
  const redactions = toRedactions(options);
  if (target.endsWith('.wacz')) await redactFile(target, options, redactions);
  else await redactSession(target, options, redactions);
}

async function redactFile(
  bundle: string,
  { output, by, reason, dryRun, json }: RedactOptions,
  redactions: readonly Redaction[],
): Promise<void> {
  if (dryRun === true)
    throw new Error('--dry-run is for sessions in the store: a bundle is redacted into a new file, and the old one stays as it is.');
  if (!existsSync(bundle)) throw new Error(`There is no file ${bundle}.`);
  if (output === undefined) throw new Error('Name the new bundle with -o NEW.wacz; the old one stays as it is.');
  const exporterKey = loadOrCreateKey(exporterKeyFile(), 'steno.local/exporter');
  const outputPath = resolve(output);
  const { manifestSha256, digests, also, remains } = await redactBundle({ bundle, outputPath, redactions, by, reason, exporterKey });
  if (json === true)
    return console.log(JSON.stringify({ output: outputPath, manifestSha256, digests: digests.length, also, remains }, undefined, 2));
  const lines = [
    `${digests.length} values, chunks and columns are gone from ${outputPath}`,
    `manifest  sha256 ${manifestSha256}`,
    `exporter  ${exporterKey.text}`,
  ];
  console.log([...lines, ...describeRest(also, remains)].join('\n'));
}

async function redactSession(
  session: string,
  { config, output, by, reason, dryRun, json }: RedactOptions,
  redactions: readonly Redaction[],
): Promise<void> {
  if (config === undefined) throw new Error('Give --config steno.yaml for a session in the store, or name a bundle file, FILE.wacz.');
  if (output !== undefined) throw new Error('-o is for bundle files; a session is redacted where it is kept.');
  if (dryRun === true) return await previewSession(session, config, redactions, json === true);
  const body = { session, redactions, by, reason };
  const done = redacted.parse(await askLifecycle(await requireConfig(config), 'redactions', 'POST', body));
  if (json === true) return console.log(JSON.stringify(done, undefined, 2));
  const locked =
    done.locked.length === 0
      ? []
      : [
          `${done.locked.length} objects of the revision before are locked in the store; their key is destroyed, and they go as soon as they may`,
        ];
  const lines = [`${done.digests} values, chunks and columns are gone; session ${done.sessionId} is at revision ${done.revision}`];
  console.log([...lines, ...describeRest(done.also, done.remains), ...locked, `receipt   ${done.receipt}`].join('\n'));
}

/** Exits 1 where a hold is in its way. */
async function previewSession(session: string, config: string, redactions: readonly Redaction[], json: boolean): Promise<void> {
  const asked = await askLifecycle(await requireConfig(config), 'redactions/preview', 'POST', { session, redactions });
  const found = redactionPreview.parse(asked);
  const { digests, also, remains, lockedUntil, heldBy } = found;
  const lines = [
    `Nothing was changed. ${digests} values, chunks and columns of session ${found.sessionId} would be gone.`,
    ...describeRest(also, remains),
    ...(lockedUntil === undefined
      ? []
      : [
          `locked    the old revision stays in the store until ${lockedUntil}, and its key would be destroyed: every recording of the subject gets a fresh one`,
        ]),
    ...heldBy.map((name) => `held      by "${name}": lift it first (steno hold lift NAME), if whoever placed it agrees`),
  ];
  console.log(json ? JSON.stringify(found, undefined, 2) : lines.join('\n'));
  process.exitCode = heldBy.length > 0 ? 1 : 0;
}

const describeRest = (also: readonly string[], remains: readonly string[]): string[] => [
  ...also.map((each) => `also      ${each}: it held the same text`),
  ...remains.map((each) => `remains   ${each}: the record itself holds the text, and is what is proved`),
];

/** Throws with the remedy. */
export function toRedactions({ field, column, body, exchange }: RedactOptions): Redaction[] {
  const where = exchange === undefined ? {} : { exchange: toNumber(exchange) };
  const redactions: unknown[] = [
    ...field.map((name) => toField(name, where)),
    ...column.map((name) => ({ kind: 'column', column: /^(0|[1-9]\d{0,4})$/.test(name) ? Number(name) : name, ...where })),
    ...body.map((side) => ({ kind: 'body', side, ...where })),
  ];
  if (redactions.length === 0)
    throw new Error('Say what to take out: --field sql|parameters|identity|header:NAME, --column NAME, or --body request|response.');
  if (body.length > 0 && exchange === undefined) throw new Error('--body needs --exchange N: the number of the exchange in its session.');
  return redactions.map((each) => {
    const parsed = redactionSchema.safeParse(each);
    if (parsed.success) return parsed.data;
    throw new Error(
      `${JSON.stringify(each)} cannot be redacted: --field takes sql, parameters, identity or header:NAME; --body takes request or response.`,
    );
  });
}

function toField(name: string, where: object): unknown {
  const header = /^header:(.+)$/.exec(name)?.[1];
  return header === undefined ? { kind: 'field', field: name, ...where } : { kind: 'header', header, ...where };
}

function toNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--exchange ${text} is no number of an exchange: they count from 1.`);
  return Number(text);
}
