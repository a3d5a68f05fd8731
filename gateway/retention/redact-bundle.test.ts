import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { openBundle } from '../../shared/bundle/open-bundle.ts';
import { readMembers } from '../../shared/bundle/testing/mutate-bundle.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { redactBundle } from './redact-bundle.ts';
import type { Redaction } from './redaction.ts';
import { findPlanted } from './testing/find-planted.ts';

const nightly = join(import.meta.dirname, '../../fixtures/bundles/v2/nightly.wacz');
const folder = mkdtempSync(join(tmpdir(), 'steno-redact-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const exporterKey = createSignerKey('acme.test/officer');
let written = 0;

async function redact(redactions: Redaction[], bundle = nightly) {
  written += 1;
  const outputPath = join(folder, `redacted-${written}.wacz`);
  const summary = await redactBundle({ bundle, outputPath, redactions, by: 'jo@acme.test', reason: 'a customer asked', exporterKey });
  const keys = readMembers(readFileSync(outputPath)).get('evidence/keys.vkeys')!.toString('utf8').split('\n');
  const verification = await verifyBundle(outputPath, { pinnedKeys: keys });
  return { outputPath, summary, verification };
}

const faults = ({ verification }: Awaited<ReturnType<typeof redact>>) =>
  verification.checks.filter((check) => check.status === 'failed' || check.status === 'missing');

describe('a bundle without what was taken out', () => {
  it('has no SQL of one exchange left, and verifies', async () => {
    const sql = 'SELECT region, COUNT(*) AS orders, SUM(amount) AS revenue FROM sales.orders GROUP BY region ORDER BY region';
    expect(findPlanted([nightly], [sql])).not.toEqual([]);
    const result = await redact([{ kind: 'field', field: 'sql', exchange: 1 }]);
    expect(faults(result)).toEqual([]);
    expect(result.verification.verdict).toBe('sound');
    expect(findPlanted([result.outputPath], [sql])).toEqual([]);
    expect(result.summary.also).toEqual(['request body of exchange 1']);
  });

  it('says so exchange by exchange, and keeps the rest', async () => {
    const { outputPath } = await redact([{ kind: 'field', field: 'parameters' }]);
    const bundle = await openBundle(outputPath);
    const redacted: Record<number, readonly string[]> = {};
    for await (const exchange of bundle.exchanges()) if (exchange.redacted.length > 0) redacted[exchange.number] = exchange.redacted;
    expect(redacted).toEqual({ 2: ['parameters'] });
    expect(bundle.session.principal).toBeDefined();
    await bundle.close();
  });

  it('does not tell who it was when identity is taken out', async () => {
    const bundle = await openBundle(nightly);
    const who: string[] = [bundle.session.principal!.subject];
    for await (const { identity } of bundle.exchanges())
      who.push(...[identity?.email, identity?.name].filter((each) => each !== undefined));
    await bundle.close();
    expect(findPlanted([nightly], who)).not.toEqual([]);
    const result = await redact([{ kind: 'field', field: 'identity' }]);
    expect(faults(result)).toEqual([]);
    expect(findPlanted([result.outputPath], who)).toEqual([]);
  });

  it('has no body that was taken out, and no salts of it', async () => {
    const result = await redact([{ kind: 'body', side: 'response', exchange: 2 }]);
    expect(faults(result)).toEqual([]);
    expect(findPlanted([result.outputPath], ['region 3'])).toEqual([]);
    const bundle = await openBundle(result.outputPath);
    for await (const exchange of bundle.exchanges()) {
      if (exchange.number === 2) expect(await bundle.body(exchange.exchangeId, 'response')).toBeUndefined();
      if (exchange.number === 1) expect((await bundle.body(exchange.exchangeId, 'response'))?.length).toBeGreaterThan(0);
    }
    await bundle.close();
  });

  it.each<[string, Redaction]>([
    ['by its name', { kind: 'column', column: 'region', exchange: 1 }],
    ['by its place', { kind: 'column', column: 0, exchange: 1 }],
  ])('proves every other column when one is taken out, %s', async (_case, redaction) => {
    const result = await redact([redaction]);
    expect(faults(result)).toEqual([]);
    expect(result.verification.verdict).toBe('sound');
    expect(result.verification.checks.find((check) => check.name === 'columns')?.detail).toContain('redacted, committed at: region');
    const bundle = await openBundle(result.outputPath);
    for await (const exchange of bundle.exchanges()) {
      if (exchange.number !== 1) continue;
      const body = Buffer.from((await bundle.body(exchange.exchangeId, 'response')) ?? []).toString('utf8');
      expect(JSON.parse(body).rows.map((row: { f: { v: unknown }[] }) => row.f.map(({ v }) => v))).toEqual([
        ['[redacted]', '9007199254740993', '1.5'],
        ['[redacted]', '2', '0.1'],
        ['[redacted]', '0', null],
      ]);
    }
    await bundle.close();
  });

  it('can lose a second column, then the whole answer', async () => {
    const first = await redact([{ kind: 'column', column: 'region', exchange: 1 }]);
    const second = await redact([{ kind: 'column', column: 'revenue', exchange: 1 }], first.outputPath);
    expect(faults(second)).toEqual([]);
    const third = await redact([{ kind: 'body', side: 'response', exchange: 1 }], second.outputPath);
    expect(faults(third)).toEqual([]);
    await expect(redact([{ kind: 'column', column: 'orders', exchange: 1 }], third.outputPath)).rejects.toMatchObject({
      code: 'NOTHING_TO_REDACT',
    });
  });

  it('takes the head of a message along with one of its headers', async () => {
    const result = await redact([{ kind: 'header', header: 'user-agent', exchange: 1 }]);
    expect(faults(result)).toEqual([]);
  });

  it('can be redacted again; both steps stay in its custody', async () => {
    const first = await redact([{ kind: 'field', field: 'sql', exchange: 1 }]);
    const second = await redact(
      [
        { kind: 'body', side: 'response', exchange: 2 },
        { kind: 'field', field: 'parameters' },
      ],
      first.outputPath,
    );
    expect(faults(second)).toEqual([]);
    const custody = readMembers(readFileSync(second.outputPath)).get('evidence/custody.ndjson')!.toString('utf8');
    expect(custody.match(/"action":"\w+"/g)).toEqual(
      ['exported', 'redacted', 'exported', 'redacted', 'exported'].map((action) => `"action":"${action}"`),
    );
  });

  it.each<[string, Redaction]>([
    ['an exchange that is not there', { kind: 'field', field: 'sql', exchange: 99 }],
    ['a header that nobody sent', { kind: 'header', header: 'x-nothing' }],
    ['a column that the answer has not', { kind: 'column', column: 'nothing', exchange: 1 }],
    ['a column of a refusal', { kind: 'column', column: 0, exchange: 3 }],
  ])('refuses %s, and writes nothing', async (_case, redaction) => {
    await expect(redact([redaction])).rejects.toMatchObject({ code: 'NOTHING_TO_REDACT' });
  });
});
