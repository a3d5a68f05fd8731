import { hash } from 'node:crypto';
import { hasSaltsApart, type IndexEntry } from './format.ts';

/** The header of a WARC 1.1 record but its length. */
export type WarcHeader = {
  readonly type: 'warcinfo' | 'request' | 'response' | 'metadata' | 'conversion' | 'resource';
  readonly id: string;
  readonly at: string;
  readonly contentType: string;
  readonly targetUri: string | undefined;
  readonly concurrentTo: string | undefined;
  readonly refersTo?: string | undefined;
  readonly side: string | undefined;
};

export function renderWarcHeader(header: WarcHeader, contentLength: number): string {
  const { type, id, at, targetUri, concurrentTo, refersTo, side, contentType } = header;
  let text = `WARC/1.1\r\nWARC-Type: ${type}\r\nWARC-Record-ID: <${id}>\r\nWARC-Date: ${at}\r\n`;
  if (targetUri !== undefined) text += `WARC-Target-URI: ${targetUri}\r\n`;
  if (concurrentTo !== undefined) text += `WARC-Concurrent-To: <${concurrentTo}>\r\n`;
  if (refersTo !== undefined) text += `WARC-Refers-To: <${refersTo}>\r\n`;
  if (side !== undefined) text += `Steno-Side: ${side}\r\n`;
  return `${text}Content-Type: ${contentType}\r\nContent-Length: ${contentLength}\r\n\r\n`;
}

/** The record that opens the archive. */
export function toWarcInfo(
  info: { readonly at: string; readonly software: string; readonly sessionId: string },
  formatVersion: number,
): {
  header: WarcHeader;
  head: Buffer;
} {
  const absent = { targetUri: undefined, concurrentTo: undefined, side: undefined };
  const id = warcRecordId(info.sessionId, 'warcinfo', formatVersion);
  const header = { type: 'warcinfo', id, at: info.at, contentType: 'application/warc-fields', ...absent } as const;
  return { header, head: Buffer.from(`software: ${info.software}\r\nformat: WARC File Format 1.1\r\n`) };
}

/**
 * A name for a record that follows from its exchange, so that the same session always yields the same bytes: that of the exchange for its answer, with
 * a fragment (RFC 8141 §2.3.3) for what stands around it. Up to version 2 a digest of both, which does not pack.
 */
export function warcRecordId(exchangeId: string, record: IndexEntry['record'] | 'warcinfo', formatVersion: number): string {
  if (!hasSaltsApart(formatVersion)) return olderRecordId(exchangeId, record);
  return record === 'response' || record === 'warcinfo' ? `urn:uuid:${exchangeId}` : `urn:uuid:${exchangeId}#${record}`;
}

function olderRecordId(exchangeId: string, record: string): string {
  const digest = hash('sha256', `${exchangeId}/${record}`, 'hex');
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`, digest.slice(20, 32)];
  return `urn:uuid:${parts.join('-')}`;
}
