import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { MemberWriter } from './member-writer.ts';
import { type BundleEnding, zipMembers } from './zip-members.ts';

/**
 * Writes one bundle, front to back, in bounded memory. The members grow as files in a folder beside the output and are zipped in the end;
 * the output appears under its name only when it is whole.
 */
export class BundleWriter {
  readonly #outputPath: string;
  readonly #folder: string;
  readonly members: MemberWriter;

  constructor(outputPath: string) {
    this.#outputPath = outputPath;
    this.#folder = `${outputPath}.${process.pid}.parts`;
    mkdirSync(this.#folder, { recursive: false, mode: 0o700 });
    this.members = new MemberWriter(this.#folder);
  }

  /** Returns the SHA-256 of the manifest. */
  async finish(ending: BundleEnding): Promise<{ manifestSha256: string; exchanges: number; leaves: number }> {
    const members = this.members.close();
    const { exchanges, leaves } = this.members;
    const draft = path.join(this.#folder, 'bundle');
    const manifestSha256 = await zipMembers(draft, members, { exchanges, leaves }, ending);
    renameSync(draft, this.#outputPath);
    this.discard();
    return { manifestSha256, exchanges, leaves };
  }

  /** Removes what was written so far. */
  discard(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
