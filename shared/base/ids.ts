import { uuidv7 } from 'uuidv7';

/** Time-ordered (UUIDv7, RFC 9562), so that ids sort as the exchanges began. */
export type ExchangeId = string & { readonly brand: 'ExchangeId' };
export type SessionId = string & { readonly brand: 'SessionId' };

export const createExchangeId = (): ExchangeId => uuidv7() as ExchangeId;
export const createSessionId = (): SessionId => uuidv7() as SessionId;
