import { applyFieldMask, type FieldMask, parseFieldMask } from '../../shared/bigquery/partial-response.ts';
import { Refusal } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { isJobResource, isList } from './rewrite-answer.ts';

/**
 * Partial responses (`fields=`) of answers that are read and changed here are made here, after that: what the gateway must see is not the client's to
 * leave out. Answers that stream, rows above all, are selected by BigQuery, as the client asks.
 */
export const selectsFieldsHere = (methodId: string): boolean => isList(methodId) || isJobResource(methodId);

/** Before anything is sent. */
export function refuseBadFields(exchange: Exchange): void {
  maskOf(exchange);
}

/** The members that the client asked for; with line breaks unless it said `prettyPrint=false`, as Google does. */
export function selectFields(exchange: Exchange, body: Buffer): Buffer {
  const mask = maskOf(exchange);
  if (mask === 'all') return body;
  const isPretty = exchange.call!.query.get('prettyPrint') !== 'false';
  const selected = JSON.stringify(applyFieldMask(JSON.parse(body.toString('utf8')), mask), undefined, isPretty ? 2 : undefined);
  return Buffer.from(isPretty ? `${selected}\n` : selected);
}

function maskOf({ call }: Exchange): FieldMask {
  const { method, query } = call!;
  if (!selectsFieldsHere(method.id)) return 'all';
  const fields = query.get('fields') ?? query.get('$fields');
  try {
    return parseFieldMask(fields ?? undefined);
  } catch {
    throw new Refusal('REQUEST_BAD_FIELDS', { fields: String(fields).slice(0, 200) });
  }
}
