import type { BundleBody, BundleExchange } from './bundle.ts';
import type { Disclosure, DisclosureName, DisclosureValue, End, Intent, Reconcile, SessionLeaf } from './format.ts';
import { DisclosureReader, type ReadLeaf, readLeaves } from './read-evidence.ts';
import type { ZipArchive } from './zip-archive.ts';

type Opened = {
  readonly intent: Intent;
  readonly leafHash: string;
  readonly values: Map<DisclosureName, Disclosure>;
  readonly redacted: string[];
};

/** Brings intents, ends and disclosed values together, in order of the ends; what has no end comes last. */
export async function* joinExchanges(zip: ZipArchive, formatVersion: number): AsyncGenerator<BundleExchange> {
  const disclosures = new DisclosureReader(zip);
  const opened = new Map<number, Opened>();
  const chunkDigests = new Map<number, { side: string; digest: string }[]>();
  try {
    for await (const { leaf, leafHash } of readLeaves(zip, formatVersion)) {
      const found = await disclosedBy(leaf, disclosures);
      if (leaf.kind === 'intent') opened.set(leaf.exchange, { intent: leaf, leafHash, ...found });
      if (leaf.kind === 'chunk') chunkDigests.set(leaf.exchange, [...(chunkDigests.get(leaf.exchange) ?? []), leaf.chunk]);
      if (leaf.kind !== 'end' && leaf.kind !== 'reconcile') continue;
      const begun = opened.get(leaf.exchange);
      if (begun === undefined) continue;
      opened.delete(leaf.exchange);
      const bodies = toBodies(leaf, chunkDigests.get(leaf.exchange) ?? []);
      chunkDigests.delete(leaf.exchange);
      yield toExchange(begun, { leaf, leafHash }, found, bodies);
    }
    for (const begun of opened.values()) yield toExchange(begun, undefined, { values: new Map(), redacted: [] }, []);
  } finally {
    await disclosures.close();
  }
}

/** Names are asked for in order of the leaf's own (canonical) order: that is the order of the file. */
async function disclosedBy(leaf: SessionLeaf, disclosures: DisclosureReader) {
  const values = new Map<DisclosureName, Disclosure>();
  const redacted: string[] = [];
  const named = 'disclosed' in leaf ? (leaf.disclosed as Readonly<Record<string, string | undefined>>) : {};
  for (const name of Object.keys(named).sort()) {
    const digest = named[name];
    if (digest === undefined) continue;
    const found = await disclosures.find(digest);
    if (found === undefined || found[1] !== name) redacted.push(name);
    else values.set(found[1], found);
  }
  return { values, redacted };
}

function toExchange(
  begun: Opened,
  end: (ReadLeaf & { readonly leaf: End | Reconcile }) | undefined,
  ending: { readonly values: ReadonlyMap<DisclosureName, Disclosure>; readonly redacted: readonly string[] },
  bodies: readonly BundleBody[],
): BundleExchange {
  const value = <Name extends DisclosureName>(name: Name): DisclosureValue<Name> | undefined =>
    (begun.values.get(name) ?? ending.values.get(name))?.[2] as DisclosureValue<Name> | undefined;
  return {
    exchangeId: begun.intent.exchangeId,
    number: begun.intent.exchange,
    seq: begun.intent.seq,
    intent: begun.intent,
    end: end?.leaf,
    leafHash: begun.leafHash,
    endSeq: end?.leaf.seq,
    identity: value('identity'),
    request: value('request'),
    upstreamRequest: value('upstream-request'),
    sql: value('sql'),
    parameters: value('parameters'),
    response: value('response'),
    jobError: value('job-error'),
    redacted: [...begun.redacted, ...ending.redacted],
    bodies,
  };
}

function toBodies(end: End | Reconcile, before: readonly { side: string; digest: string }[]): BundleBody[] {
  return end.bodies.map(({ side, length, stored }) => ({
    side,
    length,
    stored,
    digests: [...before, ...end.chunks].filter((chunk) => chunk.side === side).map((chunk) => chunk.digest),
  }));
}
