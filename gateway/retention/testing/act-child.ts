// Does one act upon the recordings of a data directory, to be killed on the way: `node act-child.ts DIRECTORY ACT KEEP STORAGE`.
import { aLifecycle } from './a-lifecycle.ts';

const [, , directory, act, keep, storage] = process.argv as [string, string, string, string, string, string];
const rules = { default: keep, rules: [{ connections: ['billing'], keep: 'forever' }] };
const { lifecycle } = await aLifecycle(rules, { directory, storage: JSON.parse(storage) ?? undefined });
const officer = { by: 'jo@acme.test', reason: 'case 12' };

const acts: Readonly<Record<string, () => Promise<unknown>>> = {
  sweep: () => lifecycle.sweep(officer),
  redact: () => lifecycle.redact('by-alice', [{ kind: 'field', field: 'sql' }], officer),
  erase: () => lifecycle.erase({ issuer: 'https://idp.example', subject: 'alice-7719', ...officer }),
};
process.stdout.write('R\n');
await acts[act]!();
process.stdout.write('D\n');
process.kill(process.pid, 'SIGKILL');
