import { UnusableName } from './object-name.ts';
import { StoreUnavailable } from './recording-store.ts';

const remedies: Record<string, string> = {
  ENOSPC: 'The disk is full: make room, or let storage.folder name a larger disk',
  EDQUOT: 'The quota of the disk is used up: raise it, or let storage.folder name another disk',
  EROFS: 'The disk is mounted read-only: see the kernel log for the reason',
  EACCES: 'The folder belongs to someone else: give it to the user that runs the gateway',
  EPERM: 'The folder may not be changed by the user that runs the gateway',
  EIO: 'The disk answers with errors: see the kernel log, and replace it',
  EMFILE: 'Too many files are open: raise the limit of the process (ulimit -n)',
  ENFILE: 'Too many files are open on this machine',
};

/** Runs an action on the folder and turns the file system's refusals into errors that say what to do. */
export async function explainFolderError<Value>(subject: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST')
      throw new UnusableName(subject, 'it would have to be a file and a folder at once');
    const remedy = code === undefined ? undefined : remedies[code];
    if (remedy === undefined) throw error;
    throw new StoreUnavailable(`The folder of recordings cannot be used for ${subject} (${code})`, `${remedy}.`, { cause: error });
  }
}
