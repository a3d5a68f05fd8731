export type LifecycleCode =
  | 'HOLD_EXISTS'
  | 'HOLD_UNKNOWN'
  | 'SESSION_UNKNOWN'
  | 'SESSION_OPEN'
  | 'SUBJECT_UNKNOWN'
  | 'SUBJECT_OPEN'
  | 'UNDER_HOLD'
  | 'NOTHING_TO_REDACT'
  | 'INPUT_UNUSABLE'
  | 'ACT_UNFINISHED'
  | 'STORE_LOCKED';

/** Why an act upon recordings was not done; the text says what to do instead. Nothing was changed. */
export class LifecycleRefused extends Error {
  override readonly name = 'LifecycleRefused';
  readonly code: LifecycleCode;

  constructor(code: LifecycleCode, message: string) {
    super(message);
    this.code = code;
  }
}
