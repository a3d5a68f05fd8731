/** What a check found. `missing`: what should be there is not; never as good as `passed`. `skipped`: could not be judged because of another fault. */
export type CheckStatus = 'passed' | 'failed' | 'missing' | 'skipped';

export const checkNames = [
  'container',
  'manifest',
  'leaves',
  'chain',
  'session-tree',
  'writer-log',
  'recorder-signature',
  'exchanges',
  'disclosures',
  'archive',
  'bodies',
  'columns',
  'statement',
  'custody',
  'key-rotation',
  'timestamp',
  'witnesses',
  'recorder-key',
  'exporter-key',
  'key-validity',
] as const;
export type CheckName = (typeof checkNames)[number];

export type Check = { readonly name: CheckName; readonly subject: string; readonly status: CheckStatus; readonly detail: string };

/** Whose signature a bundle carries. `isPinned`: known to the reader beforehand; a key that came with the bundle proves nothing about who. */
export type Signer = {
  readonly role: 'recorder' | 'exporter';
  readonly name: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly isPinned: boolean;
};

export type Verdict = 'sound' | 'sound-unknown-key' | 'not-sound';

export type Verification = {
  readonly path: string;
  readonly verdict: Verdict;
  readonly sessionId: string | undefined;
  readonly sessionName: string | undefined;
  readonly manifestSha256: string | undefined;
  readonly signers: readonly Signer[];
  readonly checks: readonly Check[];
};

const MAX_FAULTS = 20;

export type Findings = { readonly faults: readonly Check[]; readonly results: readonly Check[] };

/** Collects what the checks say, one line for each that passed and one for each fault. */
export class Report {
  readonly #faults = new Map<CheckName, Check[]>();
  readonly #results = new Map<CheckName, Check>();

  /** A fault is `failed` or `missing`; the first twenty of a check are kept. */
  fault(name: CheckName, subject: string, detail: string, status: 'failed' | 'missing' = 'failed'): void {
    const faults = this.#faults.get(name) ?? [];
    this.#faults.set(name, faults);
    if (faults.length < MAX_FAULTS) faults.push({ name, subject, status, detail });
    // One `failed` outweighs any number of `missing`, also past the twentieth.
    else if (status === 'failed' && !faults.some((fault) => fault.status === 'failed'))
      faults[MAX_FAULTS - 1] = { name, subject, status, detail };
  }

  /** What the check says if it found no fault. */
  done(name: CheckName, subject: string, detail: string, status: 'passed' | 'skipped' = 'passed'): void {
    this.#results.set(name, { name, subject, status, detail });
  }

  /** All that was said, for another thread. */
  findings(): Findings {
    return { faults: [...this.#faults.values()].flat(), results: [...this.#results.values()] };
  }

  add({ faults, results }: Findings): void {
    for (const { name, subject, detail, status } of faults) this.fault(name, subject, detail, status === 'missing' ? status : 'failed');
    for (const result of results) this.#results.set(result.name, result);
  }

  hasFault(name: CheckName): boolean {
    return this.#faults.has(name);
  }

  /** Checks in their fixed order; one that never came to a result is skipped. */
  checks(): Check[] {
    return checkNames.flatMap((name) => {
      const skipped: Check = { name, subject: 'bundle', status: 'skipped', detail: 'could not be judged because of the faults above' };
      return this.#faults.get(name) ?? [this.#results.get(name) ?? skipped];
    });
  }
}

/** What they say of trust, not of the evidence: only `failed` makes a bundle unsound; what is `missing` keeps it from being green. */
const trustChecks: ReadonlySet<CheckName> = new Set(['timestamp', 'witnesses', 'recorder-key', 'exporter-key', 'key-validity']);

/**
 * Trust aside, everything must have passed: what is missing or was skipped is not sound.
 * Whoever takes something out must be known too: `isRedacted` bundles are as good as their exporter.
 */
export function verdictOf(checks: readonly Check[], isRedacted: boolean): Verdict {
  const isBad = ({ name, status }: Check): boolean => (trustChecks.has(name) ? status === 'failed' : status !== 'passed');
  if (checks.some(isBad)) return 'not-sound';
  const isPinned = (name: CheckName): boolean => checks.some((check) => check.name === name && check.status === 'passed');
  const isWanting = ({ name, status }: Check): boolean => trustChecks.has(name) && !name.endsWith('-key') && status === 'missing';
  if (checks.some(isWanting)) return 'sound-unknown-key';
  return isPinned('recorder-key') && (!isRedacted || isPinned('exporter-key')) ? 'sound' : 'sound-unknown-key';
}
