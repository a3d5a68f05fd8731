/**
 * Thrown while a statement is analysed, which is synchronous, by what must first be fetched or computed: rows of an external table, the time of FOR
 * SYSTEM_TIME AS OF. Nothing of the statement has run then: it is prepared and analysed again.
 */
export class NotReady extends Error {
  readonly prepare: () => Promise<void>;

  constructor(prepare: () => Promise<void>) {
    super('a statement was analysed before what it reads was there');
    this.prepare = prepare;
  }
}

const MAX_PREPARATIONS = 100;

export async function whenReady<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  for (let count = 0; ; count++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotReady) || count === MAX_PREPARATIONS) throw error;
      await error.prepare();
    }
  }
}
