import { constants, copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decryptTo, isAgeFile } from './age-file.ts';
import { BundleError } from './bundle-error.ts';

/** A file of our own. `release` removes it; what is open stays readable where the system allows it. */
export type PrivateCopy = { readonly file: string; release(): Promise<void> };

export type CopyOptions = {
  /** Where the copy may lie; the system's folder for temporary files unless told. */
  readonly folder?: string | undefined;
  /** Texts of age identities (`AGE-SECRET-KEY-1…`), for bundles encrypted to them. */
  readonly identities?: readonly string[] | undefined;
};

/**
 * Copies a bundle once, decrypting it if it is an age file; only the copy is looked at from then on. Whoever changes the file between its being
 * verified and its being read changes nothing. File systems that can share blocks between files copy in no time. Throws BundleError.
 */
export async function takeCopy(source: string, { folder = tmpdir(), identities = [] }: CopyOptions): Promise<PrivateCopy> {
  await checkFile(source);
  const own = await mkdtemp(path.join(folder, 'steno-copy-'));
  const file = path.join(own, 'bundle.wacz');
  const release = (): Promise<void> => rm(own, { recursive: true, force: true });
  try {
    if (await isAgeFile(source)) await decryptTo(source, file, identities);
    else await copyFile(source, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return { file, release };
  } catch (error) {
    await release();
    throw toBundleError(source, own, error);
  }
}

function toBundleError(source: string, folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof BundleError) return error;
  if (error.code !== 'ENOSPC')
    return new BundleError('BUNDLE_NOT_A_BUNDLE', `${source} cannot be read. Check who may read it.`, { cause: error });
  const message = `There is no room in ${path.dirname(folder)} for a private copy of ${source}. Make room, or set TMPDIR to a folder that has it.`;
  return new BundleError('BUNDLE_NO_ROOM', message, { cause: error });
}

async function checkFile(source: string): Promise<void> {
  try {
    const file = await open(source, 'r');
    const isFile = (await file.stat()).isFile();
    await file.close();
    if (isFile) return;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new BundleError('BUNDLE_NOT_FOUND', `${source} does not exist. Check the name.`, { cause: error });
    throw new BundleError('BUNDLE_NOT_A_BUNDLE', `${source} cannot be read. Check the name.`, { cause: error });
  }
  throw new BundleError('BUNDLE_NOT_A_BUNDLE', `${source} is not a file. Choose a .wacz file that "steno export" wrote.`);
}
