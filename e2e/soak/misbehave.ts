import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initCertificateAuthority, loadCertificateAuthority } from '../../gateway/doors/certificate-authority.ts';
import { isListening, spawnGateway } from '../../gateway/testing/gateway-process.ts';
import { inParallel } from '../../shared/base/in-parallel.ts';
import { type RecordedExchange, readRecords } from './ledgers/read-records.ts';
import { prepareGateway } from './ledgers/soak-gateway.ts';
import { askCell, type Seen } from './misbehaviours/ask-cell.ts';
import { behaviours } from './misbehaviours/behaviours.ts';
import { aBody, type Behaviour, type Cell, keyOf } from './misbehaviours/cell.ts';
import { judgeCell } from './misbehaviours/judge-cell.ts';
import { startRawUpstream } from './misbehaviours/raw-upstream.ts';

export type MisbehaveOutcome = { readonly cells: number; readonly right: number; readonly faults: readonly string[] };

const AT_ONCE = 16;
const SILENCE_SECONDS = 2;

/** Every misbehaviour at each of `offsets` against a real gateway; then its export is compared with what was sent and what clients saw. */
export async function misbehave(offsets: readonly number[], names?: readonly string[]): Promise<MisbehaveOutcome> {
  const chosen = behaviours.filter(({ name }) => names === undefined || names.includes(name));
  const cells = offsets.flatMap((offset) => chosen.map((behaviour) => ({ cell: toCell(behaviour, offset), behaviour })));
  const byKey = new Map(cells.map(({ cell }) => [keyOf(cell), cell]));
  const authority = mkdtempSync(join(tmpdir(), 'steno-ca-'));
  await initCertificateAuthority(join(authority, 'ca'), ['localhost']);
  const upstream = await startRawUpstream(
    (key) => byKey.get(key),
    await (await loadCertificateAuthority(join(authority, 'ca'))).mint('localhost'),
  );
  const more = [`limits: { upstreamSilenceSeconds: ${SILENCE_SECONDS} }`];
  const gateway = await prepareGateway({ upstream: upstream.url, secureUpstream: upstream.secureUrl, more });
  const process = spawnGateway(gateway.configPath, { env: { NODE_EXTRA_CA_CERTS: join(authority, 'ca', 'ca.crt') } });
  try {
    if (!(await isListening(process, gateway.port))) throw new Error(process.output());
    const seen = await inParallel(cells, AT_ONCE, ({ cell, behaviour }) => askCell(gateway.port, gateway.tokens[0]!, cell, behaviour));
    await process.stop();
    const { exchanges, faults } = await readRecords(gateway.dataDirectory);
    const wrong = cells.flatMap(({ cell, behaviour }, index) => judge(cell, behaviour, seen[index]!, exchanges));
    const right = cells.length - new Set(wrong.map((fault) => fault.split(':')[0])).size;
    return { cells: cells.length, right, faults: [...faults, ...wrong] };
  } finally {
    await process.kill();
    upstream.close();
    await gateway.close();
    rmSync(authority, { recursive: true });
  }
}

/** One answer in four is read whole by the gateway; the others stream through it. */
function toCell(behaviour: Behaviour, offset: number): Cell {
  const way = behaviour.way === undefined && behaviour.by !== 'upload' && offset % 4 === 3 ? 'list' : 'rows';
  return {
    behaviour: behaviour.name,
    offset,
    way,
    body: aBody(keyOf({ behaviour: behaviour.name, offset }), way, behaviour.size ?? 40_000),
  };
}

function judge(cell: Cell, behaviour: Behaviour, seen: Seen, exchanges: readonly RecordedExchange[]): string[] {
  const ends = new RegExp(`${keyOf(cell)}$`);
  const recorded = exchanges.filter(({ target }) => ends.test(target));
  return judgeCell(cell, behaviour.expect(cell), seen, recorded).map((fault) => `${keyOf(cell)}: ${fault}`);
}
