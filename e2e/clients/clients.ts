// `npm run clients -- [--direct-sandbox | --gateway | --proxy] [NAME …]`: real clients, unchanged, each doing what people do with them.
// A cell is what the client itself printed. Exit code 1 when one is red. The record is .cache/clients/matrix-DOOR.json.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Action, actions, type Cell } from './actions.ts';
import { type Door, type DoorName, doorNames, openDoor } from './doors.ts';
import { statements } from './drivers/statements.ts';
import { type ForeignClient, foreignClients } from './foreign-clients.ts';
import { cacheFolder, installPackages } from './install-packages.ts';
import { jobDelayMs } from './job-delay.ts';
import { seed } from './open-sandbox.ts';
import { type Row, toTable } from './print-matrix.ts';
import { runClient } from './run-client.ts';

/** Everybody may do anything in the project but read `hr`. */
const policy = `
@id("clients-work-here")
permit (principal in Group::"clients", action, resource in Project::"acme");
@id("personnel-data-stays-closed")
forbid (principal, action, resource in Dataset::"acme.hr");
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'direct-sandbox': { type: 'boolean' }, gateway: { type: 'boolean' }, proxy: { type: 'boolean' }, only: { type: 'string' } },
});
const chosen = doorNames.filter((each) => values[each]);
const allActions = Object.keys(actions) as Action[];
const wanted = values.only === undefined ? allActions : allActions.filter((each) => values.only!.split(',').includes(each));
const packages = installPackages();
const clients = foreignClients(packages).filter(({ name }) => positionals.length === 0 || positionals.some((each) => name.includes(each)));
for (const door of chosen.length > 0 ? chosen : (['direct-sandbox'] as const)) await runDoor(door);

async function runDoor(name: DoorName): Promise<void> {
  const door = await openDoor(name, { project: 'acme', sandbox: { jobDelayMs }, policy });
  const directory = mkdtempSync(join(tmpdir(), 'steno-matrix-'));
  const loadFile = join(directory, 'rows.ndjson');
  writeFileSync(loadFile, '{"id":1,"name":"one"}\n{"id":2,"name":"two"}\n');
  try {
    await seed(door.sandbox);
    const rows: Row[] = [];
    for (const client of clients) rows.push(await runRow(client, name, door, { CLIENT_PACKAGES: packages, LOAD_FILE: loadFile }));
    writeFileSync(join(cacheFolder, `matrix-${name}.json`), JSON.stringify({ door: name, rows }, undefined, 1));
    console.log(`\n${name}\n${toTable(rows, wanted)}\n`);
    if (rows.some(({ cells }) => wanted.some((action) => cells[action].kind === 'failed'))) process.exitCode = 1;
  } finally {
    await door.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runRow(client: ForeignClient, name: DoorName, door: Door, environment: Readonly<Record<string, string>>): Promise<Row> {
  const cells: Partial<Record<Action, Cell>> = {};
  for (const action of wanted) {
    const why = client.missing ?? client.cannot[action] ?? whyNot(client, name, action);
    const sql = (statements as Readonly<Record<string, string>>)[action] ?? statements.paging;
    cells[action] = why === undefined ? await runClient(client, action, door, { ...environment, SQL: sql }) : { kind: 'absent', why };
    process.stderr.write(`${client.name} ${action}: ${cells[action].kind}\n`);
  }
  return { client: client.name, cells: cells as Row['cells'] };
}

function whyNot(client: ForeignClient, name: DoorName, action: Action): string | undefined {
  if (name === 'direct-sandbox' && action === 'denied') return 'the sandbox denies nobody';
  return client.needsProxy && name !== 'proxy' ? 'speaks gRPC to a fixed host: it comes by the proxy door' : undefined;
}
