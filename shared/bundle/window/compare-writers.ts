import { bundlePaths, consistencyLineSchema, optionalPaths, type SessionHead, sessionHeadSchema } from '../format.ts';
import { isConsistent, leafHash, nodeHash } from '../merkle-tree.ts';
import { parseJsonLine } from '../read-evidence.ts';
import { parseTlogProof, type TlogProof } from '../tlog-proof.ts';
import { readMember } from '../trust/read-member.ts';
import { ZipArchive } from '../zip-archive.ts';

/** Whether two exports can be of one log that only grew. `unproven`: nothing speaks against it, and no proof leads from one to the other. */
export type PairJudgement = {
  readonly left: string;
  readonly right: string;
  readonly status: 'consistent' | 'forked' | 'unproven';
  readonly detail: string;
};

type LogView = {
  readonly file: string;
  readonly head: SessionHead;
  readonly text: string;
  readonly proof: TlogProof;
  readonly earlier: ReadonlyMap<number, { readonly root: string; readonly proof: readonly string[] }>;
};

/** Each pair of exports of one writer. The bundles must have been verified: what cannot be read is passed over. */
export async function compareWriters(files: readonly string[]): Promise<PairJudgement[]> {
  const views = (await Promise.all(files.map((file) => readView(file).catch(() => undefined)))).filter((view) => view !== undefined);
  return views.flatMap((left, index) =>
    views
      .slice(index + 1)
      .filter((right) => right.proof.checkpoint.origin === left.proof.checkpoint.origin)
      .map((right) => ({ left: left.file, right: right.file, ...judgePair(left, right) })),
  );
}

async function readView(file: string): Promise<LogView | undefined> {
  const zip = await ZipArchive.open(file);
  try {
    const bytes = (await readMember(zip, bundlePaths.sessionHead)) ?? Buffer.alloc(0);
    const head = sessionHeadSchema.safeParse(parseJsonLine(bytes));
    const proof = parseTlogProof((await readMember(zip, bundlePaths.proof))?.toString('utf8') ?? '');
    const lines = ((await readMember(zip, optionalPaths.consistency))?.toString('utf8') ?? '').split('\n').slice(0, -1);
    const parsed = lines.map((line) => consistencyLineSchema.safeParse(parseJsonLine(Buffer.from(line))));
    if (!head.success || proof === undefined) return undefined;
    const earlier = new Map(parsed.flatMap((line) => (line.success ? [[line.data.size, line.data] as const] : [])));
    return { file, head: head.data, text: bytes.toString('utf8'), proof, earlier };
  } finally {
    await zip.close();
  }
}

type Judged = Pick<PairJudgement, 'status' | 'detail'>;
const forked = (detail: string): Judged => ({ status: 'forked', detail });

function judgePair(one: LogView, other: LogView): Judged {
  const [older, newer] = one.proof.checkpoint.size <= other.proof.checkpoint.size ? [one, other] : [other, one];
  const [oldTree, newTree] = [older.proof.checkpoint, newer.proof.checkpoint];
  if (oldTree.size === newTree.size)
    return oldTree.root === newTree.root
      ? { status: 'consistent', detail: 'both stand under one tree' }
      : forked('two trees of one size were signed');
  if (older.head.number === newer.head.number && older.head.sessionId !== newer.head.sessionId)
    return forked(`session number ${older.head.number} was given twice`);
  if (older.head.index === newer.head.index && older.text !== newer.text) return forked(`there are two entries ${older.head.index}`);
  const nodes = nodesOf(newer);
  for (const [place, hash] of nodesOf(older)) if ((nodes.get(place) ?? hash) !== hash) return forked(`their trees differ below ${place}`);
  const line = newer.earlier.get(oldTree.size);
  if (line === undefined)
    return { status: 'unproven', detail: 'nothing speaks against it; the newer export holds no proof from the older one' };
  if (line.root !== oldTree.root) return forked(`the newer log had another tree of ${oldTree.size} entries`);
  if (!isConsistent(oldTree, newTree, line.proof)) return forked('the proof from the older export to the newer one is wrong');
  return { status: 'consistent', detail: `the log only grew, from ${oldTree.size} to ${newTree.size} entries` };
}

/** Complete subtrees whose hashes the inclusion proof shows, by first entry and width: they never change again. */
function nodesOf({ proof, text }: LogView): Map<string, string> {
  const nodes = new Map<string, string>();
  const rest = [...proof.path];
  const note = (begin: number, end: number, hash: string): string => {
    if (Number.isInteger(Math.log2(end - begin)) && begin % (end - begin) === 0) nodes.set(`${begin}+${end - begin}`, hash);
    return hash;
  };
  const climb = (begin: number, end: number): string => {
    if (end - begin === 1) return note(begin, end, leafHash(text));
    let width = 1;
    while (width * 2 < end - begin) width *= 2;
    const split = begin + width;
    const sibling = rest.pop() ?? '';
    const isLeft = proof.index < split;
    const inner = isLeft ? climb(begin, split) : climb(split, end);
    note(isLeft ? split : begin, isLeft ? end : split, sibling);
    return note(begin, end, isLeft ? nodeHash(inner, sibling) : nodeHash(sibling, inner));
  };
  climb(0, proof.checkpoint.size);
  return nodes;
}
