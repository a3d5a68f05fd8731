import type { Encrypter } from 'age-encryption';
import { SealStream } from './seal-stream.ts';

/** To whom clear text is sealed that nobody else may keep. */
export type Escrow = { seal(onSealed: (bytes: Uint8Array) => void): SealStream };

/** Throws what is wrong with a recipient. The library is loaded only where somebody holds an escrow. */
export async function openEscrow(recipients: readonly string[]): Promise<Escrow> {
  const age = await import('age-encryption');
  const encrypter: Encrypter = new age.Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (error) {
      throw new TypeError(`The escrow's recipient ${recipient} is no age recipient: ${(error as Error).message}`);
    }
  }
  return { seal: (onSealed) => new SealStream(encrypter, onSealed) };
}
