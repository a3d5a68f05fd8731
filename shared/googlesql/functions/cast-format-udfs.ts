import { decodeBase32, encodeBase32 } from './base32.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { formatModel, parseModel } from './format-model.ts';
import type { ScalarUdf } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

const BASES: Readonly<Record<string, number>> = { HEX: 4, BASE2: 1, BASE8: 3, BASE16: 4 };
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Digits of `bits` bits each; the first is filled up with zeros. */
function toDigits(bytes: Uint8Array, bits: number): string {
  const all = [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');
  const padded = all.padStart(Math.ceil(all.length / bits) * bits, '0');
  return (padded.match(new RegExp(`.{${bits}}`, 'g')) ?? []).map((group) => Number.parseInt(group, 2).toString(16)).join('');
}

function fromDigits(text: string, bits: number): Uint8Array {
  const digits = [...text].map((d) => Number.parseInt(d, 16));
  if (digits.some((d) => Number.isNaN(d) || d >= 1 << bits)) fail(`Failed to decode invalid string "${text}"`);
  const all = digits.map((d) => d.toString(2).padStart(bits, '0')).join('');
  const size =
    Math.floor(all.length / 8) +
    (all.length % 8 && Number.parseInt(all.slice(0, all.length % 8), 2) ? 1 : bits === 4 && all.length % 8 ? 1 : 0);
  const padded = all.padStart(size * 8, '0').slice(-size * 8 || all.length);
  return Uint8Array.from((padded.match(/.{8}/g) ?? []).map((group) => Number.parseInt(group, 2)));
}

function formatBytes(bytes: Uint8Array, format: string): string {
  const name = format.toUpperCase();
  if (BASES[name]) return toDigits(bytes, BASES[name]);
  if (name === 'BASE32') return encodeBase32(bytes);
  if (name === 'BASE64' || name === 'BASE64M') return encodeBase64(bytes);
  if (name === 'ASCII' && bytes.some((b) => b > 127)) fail('Invalid ASCII value in input');
  if (name === 'ASCII' || name === 'UTF-8' || name === 'UTF8') return decoder.decode(bytes);
  return fail(`Unsupported format: ${format}`);
}

function parseBytes(text: string, format: string): Uint8Array {
  const name = format.toUpperCase();
  if (BASES[name]) return fromDigits(text, BASES[name]);
  if (name === 'BASE32') return decodeBase32(text);
  if (name === 'BASE64' || name === 'BASE64M') return decodeBase64(text) ?? fail('Failed to decode invalid base64 string');
  if (name === 'ASCII' || name === 'UTF-8' || name === 'UTF8') return new TextEncoder().encode(text);
  return fail(`Unsupported format: ${format}`);
}

export const castFormatUdfs: readonly ScalarUdf[] = [
  { name: 'bq_format_model', parameters: ['BIGINT', 'VARCHAR', 'VARCHAR', 'BIGINT'], returns: 'VARCHAR', call: formatModel },
  { name: 'bq_parse_model', parameters: ['VARCHAR', 'VARCHAR', 'VARCHAR', 'BIGINT', 'VARCHAR'], returns: 'BIGINT', call: parseModel },
  { name: 'bq_bytes_to_format', parameters: ['BLOB', 'VARCHAR'], returns: 'VARCHAR', call: formatBytes },
  { name: 'bq_bytes_from_format', parameters: ['VARCHAR', 'VARCHAR'], returns: 'BLOB', call: parseBytes },
];
