// Lineage held against probes written by hand, and against what queries really depend on.
//   node e2e/corpus/lineage.ts                        every probe: expected sources, then soundness on changed data
//   node e2e/corpus/lineage.ts --random 500 --seed 1  random queries
//   … --tight                                         also counts how many of the named sources are seen to matter
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { checkProbe, traceProbe } from './check-probe.ts';
import { createProbeEngine } from './lineage-data.ts';
import { probeFamilies } from './lineage-probes.ts';
import { refusedProbes } from './lineage-probes-writes.ts';
import { checkAll, checkRandomQueries, type RandomReport } from './lineage-random.ts';

function checkProbes(): number {
  let failures = 0;
  for (const [family, probes] of Object.entries(probeFamilies)) {
    const wrong = probes
      .map((probe) => ({ probe, ...checkProbe(probe) }))
      .filter(({ expected, found }) => !isDeepStrictEqual(expected, found));
    console.log(`${family}: ${probes.length - wrong.length} of ${probes.length}`);
    for (const { probe, expected, found } of wrong) console.log(`  ${probe.name}: ${probe.sql}\n`, expected, found);
    failures += wrong.length;
  }
  const refused = refusedProbes.filter(({ sql, why }) => {
    const lineage = traceProbe(sql);
    return !lineage.ok && why.test(lineage.error);
  });
  console.log(`refused: ${refused.length} of ${refusedProbes.length}`);
  return failures + refusedProbes.length - refused.length;
}

function print(what: string, { checked, skipped, unsound, named, seen }: RandomReport): number {
  console.log(
    `${what}: ${checked} run on changed data, ${unsound.length} unsound${named > 0 ? `; of ${named} pairs of column and source run, ${seen} matter here` : ''}`,
  );
  for (const [reason, count] of [...skipped].sort(([, left], [, right]) => right - left).slice(0, 12))
    console.log(`  skipped ${count}: ${reason}`);
  for (const { sql, missing } of unsound.slice(0, 10)) console.log(`\n${sql}\n  ${missing.join('; ')}`);
  return unsound.length;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { random: { type: 'string' }, seed: { type: 'string', default: '1' }, tight: { type: 'boolean', default: false } },
  });
  const engine = await createProbeEngine();
  const queries = Object.values(probeFamilies).flatMap((probes) => probes.map(({ sql }) => sql));
  const isQuery = (sql: string): boolean => /^\W*(SELECT|WITH|FROM)\b/.test(sql) && !sql.includes('TABLESAMPLE');
  const failures =
    values.random === undefined
      ? checkProbes() + print('probes', await checkAll(engine, queries.filter(isQuery), values.tight))
      : print('random queries', await checkRandomQueries(engine, Number(values.random), Number(values.seed), values.tight));
  await engine.close();
  process.exitCode = failures > 0 ? 1 : 0;
}
