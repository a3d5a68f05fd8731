import { describe, expect, it } from 'vitest';
import { checkProbe, traceProbe } from './check-probe.ts';
import { probeFamilies } from './lineage-probes.ts';
import { refusedProbes } from './lineage-probes-writes.ts';

describe.each(Object.entries(probeFamilies))('lineage of %s', (_family, probes) => {
  it.each(probes)('$name', (probe) => {
    const { expected, found } = checkProbe(probe);
    expect(found).toEqual(expected);
  });
});

describe('no lineage', () => {
  it.each(refusedProbes)('$name', ({ sql, why }) => {
    const lineage = traceProbe(sql);
    expect(lineage.ok ? 'a lineage' : lineage.error).toMatch(why);
  });
});
