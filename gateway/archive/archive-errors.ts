/** The key that opens a recording is not there: it was destroyed (an erasure), or the data directory is not the one that wrote it. */
export class RecordingShredded extends Error {
  override readonly name = 'RecordingShredded';

  constructor(session: string, keyId: string) {
    super(
      `The recording of session ${session} cannot be opened: its key ${keyId} is not in keys/subjects. Either it was erased, or this is not the data directory that recorded it.`,
    );
  }
}

/** What the store holds is not what was sealed. Verification reports it; reading throws it. */
export class RecordingDamaged extends Error {
  override readonly name = 'RecordingDamaged';

  constructor(subject: string, detail: string, options?: ErrorOptions) {
    super(`${subject}: ${detail}. Compare the store with a backup, and look who could write to it.`, options);
  }
}
