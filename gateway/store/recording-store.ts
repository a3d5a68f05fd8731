/** What a store knows of an object. `sha256` in lower-case hex; `retainUntil` in whole seconds. */
export type ObjectFacts = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly retainUntil?: Date | undefined;
  readonly legalHold: boolean;
};

/** Part of an object, in bytes; must lie within it, else RangeError. */
export type ObjectRange = { readonly offset: number; readonly length: number };

export type PutOptions = { readonly retainUntil?: Date | undefined; readonly legalHold?: boolean | undefined };

/**
 * Where sealed recordings live. Objects are written once and never change; names are those of `object-name.ts`, and none may be a folder of another.
 * Every method may throw StoreUnavailable (nothing is known to have happened: ask again) and UnusableName.
 */
export interface RecordingStore {
  /**
   * Copies a file into the store; durable and whole when resolved, invisible before. The same bytes under the same name change nothing, except that
   * retention grows and a hold is set if the options ask for it. Throws ObjectExists if the name has other bytes.
   */
  put(name: string, file: string, options?: PutOptions): Promise<ObjectFacts>;
  /** Constant memory. Throws ObjectMissing; ObjectDamaged at the end of a whole read whose bytes are not those that were put. */
  read(name: string, range?: ObjectRange): AsyncIterable<Uint8Array>;
  head(name: string): Promise<ObjectFacts | undefined>;
  /** All objects whose names begin with `prefix`, in order of their bytes. An object that comes or goes meanwhile may be listed or not. */
  list(prefix: string): AsyncIterable<ObjectFacts>;
  /** Keeps the object until then at least: an earlier date changes nothing. Rounded up to the second. Throws ObjectMissing. */
  retain(name: string, until: Date): Promise<void>;
  /** A legal hold beats any date. Throws ObjectMissing. */
  hold(name: string, on: boolean): Promise<void>;
  /** Throws ObjectLocked while the object is retained or held; what does not exist is deleted already. */
  delete(name: string): Promise<void>;
  close(): Promise<void>;
}

/** The name is taken by other bytes; objects are never overwritten. */
export class ObjectExists extends Error {
  override readonly name = 'ObjectExists';
  readonly object: string;

  constructor(object: string, options?: ErrorOptions) {
    super(`${object} exists with other bytes, and objects are never overwritten: write under another name.`, options);
    this.object = object;
  }
}

export class ObjectMissing extends Error {
  override readonly name = 'ObjectMissing';
  readonly object: string;

  constructor(object: string, options?: ErrorOptions) {
    super(
      `${object} is not in the store: it was deleted, or the store is not the one it was written to (storage in the configuration).`,
      options,
    );
    this.object = object;
  }
}

/** Retained or held: whoever wants it gone waits, or has the hold lifted. */
export class ObjectLocked extends Error {
  override readonly name = 'ObjectLocked';
  readonly object: string;
  readonly retainUntil: Date | undefined;
  readonly legalHold: boolean;

  constructor(object: string, lock: Pick<ObjectFacts, 'retainUntil' | 'legalHold'>, options?: ErrorOptions) {
    super(`${object} cannot be deleted: ${describeLock(lock)}.`, options);
    this.object = object;
    this.retainUntil = lock.retainUntil;
    this.legalHold = lock.legalHold;
  }
}

/** The bytes in the store are not those that were put: a disk fault, or someone changed them. */
export class ObjectDamaged extends Error {
  override readonly name = 'ObjectDamaged';
  readonly object: string;

  constructor(object: string, detail: string, options?: ErrorOptions) {
    super(`${object} is damaged: ${detail}. Do not delete it; compare with a backup, and look who could write to the store.`, options);
    this.object = object;
  }
}

/** The store cannot be used now: no room, no network, no permission. The text says what to do. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';

  constructor(what: string, remedy: string, options?: ErrorOptions) {
    super(`${what}. ${remedy}`, options);
  }
}

const describeLock = ({ retainUntil, legalHold }: Pick<ObjectFacts, 'retainUntil' | 'legalHold'>): string =>
  [
    ...(legalHold ? ['a legal hold is on it; lift the hold first'] : []),
    ...(retainUntil === undefined ? [] : [`it is retained until ${retainUntil.toISOString()}`]),
  ].join(', and ') || 'the store has it locked';
