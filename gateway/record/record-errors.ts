/** The recorder cannot promise durability now: answer 503, nothing may go upstream. */
export class RecorderDown extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'RecorderDown';
  }
}

/** The record of this request would not fit a leaf: answer 400. */
export class IntentTooLarge extends Error {
  constructor(bytes: number) {
    super(`The request's record takes ${bytes} bytes, more than a leaf may have; shorten names, groups or rules.`);
    this.name = 'IntentTooLarge';
  }
}

/** The session was closed (perhaps by recovery): begin a new one under a fresh id. */
export class SessionClosed extends Error {
  constructor(sessionId: string) {
    super(`Session ${sessionId} is closed; begin a new one.`);
    this.name = 'SessionClosed';
  }
}

/** Another process writes to this directory. */
export class JournalLeased extends Error {
  constructor(directory: string) {
    super(`Another gateway writes to ${directory}; stop it, or give this one a data directory of its own.`);
    this.name = 'JournalLeased';
  }
}

/** What to do where part of the journal is gone. */
export const LOST_REMEDY =
  'Restore journal/ and log/ as they were last. Where they are lost for good, start with a fresh data directory, which has a key of its own: a log that begins anew under the old key passes for a forgery.';

/** The journal is gone, or older than what was given away of it: going on would fork the writer log. */
export class JournalLost extends Error {
  constructor(directory: string, detail: string) {
    super(`Part of the journal in ${directory} is gone: ${detail}. ${LOST_REMEDY}`);
    this.name = 'JournalLost';
  }
}

/** A bad frame before the last durable point: acknowledged records may be damaged, so no one may write here until a human looked. */
export class JournalDamaged extends Error {
  readonly segment: string;
  readonly offset: number;

  constructor(segment: string, offset: number, detail: string) {
    super(
      `The journal is damaged: ${segment} at byte ${offset}: ${detail}. Do not delete it. Copy the data directory, run "steno fsck" on the copy, and start the gateway with a fresh data directory meanwhile.`,
    );
    this.name = 'JournalDamaged';
    this.segment = segment;
    this.offset = offset;
  }
}
