// `npm run corpus|soak|fuzz|bench -- NAME`: one long run out of a family.
import { fail, installPackages, pinnedNode, runStatus } from './install.mjs';

const families = {
  bench: {
    gateway: 'e2e/bench/gateway/bench-gateway.ts',
    sql: 'e2e/bench/sql/bench-sql.ts',
    identity: 'e2e/bench/identity/bench-identity.ts',
    record: 'e2e/bench/record/bench-record.ts',
    bundle: 'e2e/bench/bundle/bench-bundle.ts',
  },
  corpus: {
    sql: 'e2e/corpus/sql.ts',
    parse: 'e2e/corpus/parse.ts',
    fuzz: 'e2e/corpus/fuzz-sql.ts',
    scale: 'e2e/corpus/fuzz-sql-scale.ts',
    lineage: 'e2e/corpus/lineage.ts',
  },
  clients: { all: 'e2e/clients/clients.ts', 'system-tests': 'e2e/clients/system-tests.ts' },
  soak: {
    kill: 'e2e/soak/kill.ts',
    syscalls: 'e2e/soak/syscalls.ts',
    states: 'e2e/soak/states.ts',
    misbehaviours: 'e2e/soak/misbehaviours.ts',
    'full-disk': 'e2e/soak/full-disk.ts',
    seal: 'e2e/soak/seal.ts',
  },
  fuzz: { bundles: 'e2e/fuzz/bundles.ts', trust: 'e2e/fuzz/trust.ts' },
};

const [family, ...rest] = process.argv.slice(2);
const [name, ...args] = families[family]?.[rest[0]] === undefined && families[family]?.all !== undefined ? ['all', ...rest] : rest;
const file = families[family]?.[name];
if (file === undefined) fail(`Which one? npm run ${family} -- ${Object.keys(families[family] ?? families).join(' | ')}`, 2);
installPackages();
process.exitCode = runStatus(pinnedNode(), ['--disable-warning=ExperimentalWarning', file, ...args]);
