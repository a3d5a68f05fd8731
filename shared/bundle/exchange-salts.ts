import { isCanonicalText } from './canonical-text.ts';
import { collectBlock } from './collect-block.ts';
import type { BodySalts, ColumnSalts, ColumnsLeaf } from './format.ts';
import { columnsHeader, metadataHeader } from './older-archive.ts';
import { parseMetadata, parseWarcColumnSalts } from './parse-record.ts';
import { parseJson } from './read-evidence.ts';
import type { Report } from './verification.ts';
import type { ArchivedExchange } from './warc-exchange.ts';
import { renderWarcHeader, type WarcHeader } from './warc-header.ts';
import type { ReadRecord } from './warc-reader.ts';

/** Of the records with salts. */
export const MAX_SALTS_BYTES = 64 * 1_048_576;

/** What the metadata record of an exchange (versions 1 and 2) says of its bodies. `undefined`: it is that of another exchange. */
export async function metadataSalts(
  exchange: ArchivedExchange,
  record: ReadRecord,
  report: Report,
): Promise<BodySalts['bodies'] | undefined> {
  const { exchangeId } = exchange.intent;
  const { text, bytes } = await collectText(record);
  const value = parseJson(text);
  const metadata = parseMetadata(value);
  if (metadata === undefined) {
    report.fault('archive', exchangeId, 'its metadata record does not fit the format');
    return [];
  }
  if (metadata.exchangeId !== exchangeId) {
    report.fault('archive', exchangeId, 'its metadata record is that of another exchange');
    return undefined;
  }
  if (!isAsWritten(record, metadataHeader(exchange), bytes) || !isCanonicalText(value, text))
    report.fault('archive', exchangeId, 'its metadata record is not as Steno writes it');
  return metadata.bodies.map(({ side, chunks }) => ({ side, salts: chunks.map(({ salt }) => salt) }));
}

/** What the record of column salts of an exchange (versions 1 and 2) says. */
export async function recordedColumnSalts(
  leaf: ColumnsLeaf,
  formatVersion: number,
  record: ReadRecord,
  report: Report,
): Promise<ColumnSalts | undefined> {
  const { text, bytes } = await collectText(record);
  const value = parseJson(text);
  const salts = parseWarcColumnSalts(value);
  if (salts === undefined || salts.exchangeId !== leaf.exchangeId) {
    report.fault('archive', leaf.exchangeId, 'its record of column salts does not fit the format');
    return undefined;
  }
  if (!isAsWritten(record, columnsHeader(leaf, formatVersion), bytes) || !isCanonicalText(value, text))
    report.fault('archive', leaf.exchangeId, 'its record of column salts is not as Steno writes it');
  return salts;
}

const isAsWritten = ({ headerText }: ReadRecord, header: WarcHeader, bytes: number): boolean =>
  headerText === renderWarcHeader(header, bytes);

async function collectText({ block }: ReadRecord): Promise<{ text: string; bytes: number }> {
  const bytes = await collectBlock(block, MAX_SALTS_BYTES);
  return { text: bytes.toString('utf8'), bytes: bytes.length };
}
