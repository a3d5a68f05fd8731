import type { Recorder } from '../../record/recorder.ts';
import { type Archive, openArchive } from '../archive.ts';
import { type Round, Sealer } from '../seal-sessions.ts';

/** Seals what is closed and retires what can go, until nothing is left to do. */
export async function sealAll(directory: string, recorder: Pick<Recorder, 'enter'>): Promise<Round> {
  const archive = await openArchive(directory);
  try {
    return await sealWith(archive, recorder);
  } finally {
    await archive.close();
  }
}

export async function sealWith(archive: Archive, recorder: Pick<Recorder, 'enter'>): Promise<Round> {
  return await new Sealer({ archive, enter: (entry) => recorder.enter(entry) }).run();
}
