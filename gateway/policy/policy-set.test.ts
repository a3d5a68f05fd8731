import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Principal, Wish } from '../exchange.ts';
import type { ContextInput } from './context.ts';
import { describeResource, Judge } from './judge.ts';
import { parsePolicySet } from './policy-set.ts';
import { mayReach } from './reach.ts';

const schema = readFileSync(join(import.meta.dirname, 'schema.cedarschema'), 'utf8');
const shown = `@id("analysts-read-sales")
permit (principal in Group::"analysts", action == Action::"read", resource in Dataset::"acme.sales");

@id("big-scan-needs-a-human") @reason("Scans over 1 TiB need a second pair of eyes; add a partition filter") @approval("data-owners", "2h")
forbid (principal, action == Action::"read", resource) when { context.estimatedBytes > 1099511627776 } unless { context.approved };

@id("emails-are-masked") @mask("hmac")
forbid (principal, action == Action::"readColumn", resource == Column::"acme.sales.customers.email") unless { principal in Group::"privacy" };`;

function aJudge(...texts: string[]): Judge {
  const parsed = parsePolicySet(
    texts.map((text, index) => ({ name: `${index}.cedar`, text })),
    schema,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return new Judge(parsed.value);
}

const analyst: Principal = { kind: 'agent', issuer: 'https://i', subject: 'a', groups: ['analysts'], actChain: [] };
const nobody: Principal = { ...analyst, subject: 'n', groups: [] };
const input = (bytes?: string): ContextInput => ({
  methodId: 'bigquery.jobs.query',
  tool: 'test',
  hour: 12,
  uris: [],
  totals: { statements: 0, estimatedBytes: 0, distinctTables: 0 },
  statement: bytes === undefined ? undefined : ({ dryRun: { totalBytesProcessed: bytes } } as ContextInput['statement']),
});
const read = (id: string, type: Wish['resource']['type'] = 'Table'): Wish => ({ action: 'read', resource: { type, id } });

test('rules tell their annotations, what they look at and what they name', () => {
  const { policy } = aJudge(shown);
  expect(policy.rules.get('big-scan-needs-a-human')).toMatchObject({
    effect: 'forbid',
    approval: true,
    reason: expect.stringContaining('partition filter'),
  });
  expect(policy.rules.get('emails-are-masked')).toMatchObject({ mask: 'hmac' });
  expect([...policy.contextUsed].sort()).toEqual(['approved', 'estimatedBytes']);
  expect([...policy.columnsNamed]).toEqual(['acme.sales.customers.email']);
});

test('permits reach down, forbids win, the default is no', () => {
  const judge = aJudge(shown);
  expect(judge.judge(analyst, read('acme.sales.orders'), input('1'))).toEqual({ allowed: true, rules: ['analysts-read-sales'] });
  expect(judge.judge(analyst, read('acme.sales.orders'), input('1099511627777'))).toEqual({
    allowed: false,
    rules: ['big-scan-needs-a-human'],
  });
  expect(judge.judge(analyst, read('acme.sales_2.orders'), input('1'))).toMatchObject({ allowed: false, rules: [] });
  expect(judge.judge(analyst, read('acme.salesx'), input('1')).allowed).toBe(false);
  expect(judge.judge(nobody, read('acme.sales.orders'), input('1')).allowed).toBe(false);
  expect(judge.judge(analyst, { action: 'write', resource: read('acme.sales.orders').resource }, input('1')).allowed).toBe(false);
});

test('an empty policy denies everything', () => {
  const judge = aJudge('');
  expect(judge.judge(analyst, read('acme.sales.orders'), input())).toMatchObject({ allowed: false });
  expect(judge.mayAnything(analyst, 'read', input())).toBe(false);
});

test('a rule that fails to evaluate denies, as a forbid that was skipped must not let anything pass', () => {
  const judge = aJudge(
    'permit (principal, action, resource);',
    '@id("overflow") forbid (principal, action, resource) when { context.estimatedBytes * 9223372036854775807 == 0 };',
  );
  expect(judge.judge(analyst, read('acme.sales.orders'), input('5'))).toMatchObject({
    allowed: false,
    rules: ['overflow'],
    error: expect.stringContaining('overflow'),
  });
});

test('containers are reached through what rules name inside them', () => {
  const judge = aJudge('permit (principal, action == Action::"read", resource == Table::"acme.hr.phonebook");');
  expect(mayReach(judge, analyst, read('acme.hr', 'Dataset'), input()).allowed).toBe(true);
  expect(mayReach(judge, analyst, read('acme', 'Project'), input()).allowed).toBe(true);
  expect(mayReach(judge, analyst, read('acme.h', 'Dataset'), input()).allowed).toBe(false);
  expect(mayReach(judge, analyst, read('acme.hr.salaries'), input()).allowed).toBe(false);
});

test('the digest is of all that decides', () => {
  const digest = (text: string, name = 'a.cedar') => {
    const parsed = parsePolicySet([{ name, text }], schema);
    return parsed.ok ? parsed.value.digest : '';
  };
  expect(digest(shown)).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(shown)).toBe(digest(shown));
  expect(digest(`${shown} `)).not.toBe(digest(shown));
});

test.each([
  ['no Cedar', 'permit (principal', /unexpected|expected/],
  ['an unknown action', 'permit (principal, action == Action::"fly", resource);', /fly/],
  ['an unknown part of the context', 'permit (principal, action == Action::"read", resource) when { context.moon };', /moon/],
  ['a wrong type', 'permit (principal, action == Action::"read", resource) when { context.hour == "12" };', /type/],
  ['a template', 'permit (principal == ?principal, action, resource);', /template/],
  ['the same id twice', '@id("x") permit (principal, action, resource); @id("x") forbid (principal, action, resource);', /two rules/],
])('refused at load: %s', (_, text, message) => {
  const parsed = parsePolicySet([{ name: 'bad.cedar', text }], schema);
  expect(parsed.ok ? '' : parsed.error.map((each) => each.message).join()).toMatch(message);
});

test('resources are named as clients know them', () => {
  expect(describeResource({ type: 'Table', id: 'p.d.t' })).toBe('Table p:d.t');
  expect(describeResource({ type: 'Dataset', id: 'p.d' })).toBe('Dataset p:d');
  expect(describeResource({ type: 'Project', id: 'p' })).toBe('Project p');
  expect(describeResource({ type: 'Table', id: 'example.com:p.d.t' })).toBe('Table example.com:p:d.t');
});

test('whether anything may be read at all depends on the context too', () => {
  const judge = aJudge(
    'permit (principal in Group::"analysts", action == Action::"read", resource in Project::"acme") when { context.hour < 18 };',
  );
  expect(judge.mayAnything(analyst, 'read', input())).toBe(true);
  expect(judge.mayAnything(analyst, 'read', { ...input(), hour: 20 })).toBe(false);
  expect(judge.mayAnything(nobody, 'read', input())).toBe(false);
  expect(judge.mayAnything(analyst, 'write', input())).toBe(false);
});
