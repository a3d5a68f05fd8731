import { FORMAT_VERSION } from './format.ts';

/** Turns a record of one version into one of the next. Never touches evidence: hashes are checked on the bytes as they were written. */
type UpgradeStep = (record: unknown) => unknown;

/** The step from version N stands at key N. A new format version adds one, with a changelog entry and a fixture of the old version. */
const steps: Readonly<Record<number, UpgradeStep>> = {
  // Version 2 only adds: every record of version 1 is one of version 2.
  1: (record) => record,
  // Version 3 puts files otherwise; records are those of version 2.
  2: (record) => record,
};

/** A record as the current format has it. Throws when a step is missing: a bug of ours, a test walks them all. */
export function upgradeRecord(record: unknown, fromVersion: number, toVersion = FORMAT_VERSION, known = steps): unknown {
  let upgraded = record;
  for (let version = fromVersion; version < toVersion; version += 1) {
    const step = known[version];
    if (step === undefined) throw new Error(`No step upgrades records of format ${version}`);
    upgraded = step(upgraded);
  }
  return upgraded;
}
