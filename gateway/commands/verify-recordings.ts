import { openArchive } from '../archive/archive.ts';
import { checkRecordings } from '../archive/check-recordings.ts';
import { requireConfig } from './require-config.ts';

const marks = { sound: 'ok    ', erased: 'erased', damaged: 'DAMAGE' } as const;

/** Prints one line for each recording in the store, and sets the exit code: 0 all are what was sealed, 1 not. */
export async function verifyRecordings(options: { readonly config: string; readonly json?: true }): Promise<void> {
  const { dataDirectory, storage } = await requireConfig(options.config);
  const archive = await openArchive(dataDirectory, storage);
  try {
    for await (const check of checkRecordings(archive)) {
      const { number, name, sessionId, status, detail } = check;
      console.log(
        options.json === true ? JSON.stringify(check) : `${marks[status]} ${String(number).padStart(6)}  ${name}  ${sessionId}  ${detail}`,
      );
      if (status === 'damaged') process.exitCode = 1;
    }
  } finally {
    await archive.close();
  }
}
