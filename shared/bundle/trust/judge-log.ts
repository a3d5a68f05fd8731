import { fingerprintOf, parseVerifierKey, type VerifierKey } from '../ed25519-key.ts';
import type { KeyRotation } from '../format.ts';
import { checkNote, type SignedNote } from '../signed-note.ts';
import type { CheckStatus, Signer } from '../verification.ts';
import { followRotations, parseRotation } from './follow-rotations.ts';
import { judgeKeyAt } from './judge-key.ts';
import { type TrustRoot, toKeys } from './trust-root.ts';

export type LogCheck = { readonly name: string; readonly subject: string; readonly status: CheckStatus; readonly detail: string };

type LogJudgement = { readonly checks: readonly LogCheck[]; readonly signer: Signer | undefined };

/** Who signed a checkpoint, whether the reader knows that key, directly or over changes of keys, and whether it was good at `claimed`. */
export function judgeLog(
  note: SignedNote,
  origin: string,
  claimed: string,
  hints: { readonly keys: readonly string[]; readonly rotations: readonly KeyRotation[] },
  pinned: readonly VerifierKey[],
  root: TrustRoot | undefined,
): LogJudgement {
  const known = [...pinned, ...toKeys(root?.writers)];
  const rotations = hints.rotations.map((one) => parseRotation(Buffer.from(JSON.stringify(one))));
  const sound = rotations.filter((one) => one !== undefined);
  const reached = followRotations(known, sound, root);
  const brought = hints.keys.map((text) => parseVerifierKey(text)).filter((key) => key !== undefined);
  const candidates = new Map([...known, ...sound.flatMap(({ from, to }) => [from, to]), ...brought].map((key) => [key.text, key]));
  const judged = [...candidates.values()].filter(({ name }) => name === origin).map((key) => ({ key, status: checkNote(note, key) }));
  const signers = judged.filter(({ status }) => status === 'valid').map(({ key }) => key);
  const isWrong = judged.some(({ status }) => status === 'invalid');
  const check = (name: string, status: CheckStatus, detail: string): LogCheck => ({ name, subject: origin, status, detail });
  const checks = [
    sound.length === rotations.length
      ? check('key-rotation', 'passed', `${sound.length} changes of keys are signed by both keys`)
      : check('key-rotation', 'failed', 'a change of keys is not signed by both keys'),
  ];
  if (isWrong || signers.length === 0)
    return {
      checks: [
        ...checks,
        check(
          'recorder-signature',
          isWrong ? 'failed' : 'missing',
          isWrong ? 'the signature of the log is wrong' : 'no key could check it',
        ),
      ],
      signer: undefined,
    };
  checks.push(check('recorder-signature', 'passed', 'the log is signed (Ed25519, C2SP checkpoint)'));
  const key = signers.find(({ text }) => reached.has(text)) ?? signers[0]!;
  const followed = reached.get(key.text);
  const print = fingerprintOf(key);
  const signer: Signer = { role: 'recorder', name: key.name, key: key.text, fingerprint: print, isPinned: followed !== undefined };
  if (followed === undefined) {
    checks.push(check('recorder-key', 'missing', `nobody pinned this key (${print}): who holds it is unknown`));
    return { checks, signer };
  }
  checks.push(check('recorder-key', 'passed', followed.steps === 0 ? `pinned (${print})` : `${print}: followed from a pinned key`));
  const entry = root?.writers.find(({ vkey }) => vkey === key.text);
  if (entry === undefined) return { checks, signer };
  const { status, detail } = judgeKeyAt(entry, { claimed, proven: undefined });
  return { checks: [...checks, check('key-validity', status, detail)], signer };
}
