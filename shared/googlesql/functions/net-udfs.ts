import { parse } from 'tldts';
import type { ScalarUdf } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

// Addresses as bytes: 4 or 16 of them, in network order.

function parseV4(text: string): number[] | undefined {
  const parts = text.split('.');
  const isByte = (part: string): boolean => /^\d{1,3}$/.test(part) && Number(part) < 256 && (part === '0' || !part.startsWith('0'));
  return parts.length === 4 && parts.every(isByte) ? parts.map(Number) : undefined;
}

function parseV6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const words = (half: string): number[] | undefined => {
    if (!half) return [];
    const bytes: number[] = [];
    const parts = half.split(':');
    for (const [i, part] of parts.entries()) {
      const v4 = i === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
      if (v4) bytes.push(...v4);
      else if (/^[0-9a-fA-F]{1,4}$/.test(part)) bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255);
      else return undefined;
    }
    return bytes;
  };
  const [head, tail] = [words(halves[0]!), words(halves[1] ?? '')];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : undefined;
  return missing >= 2 ? [...head, ...Array<number>(missing).fill(0), ...tail] : undefined;
}

const parseIp = (text: string): Uint8Array => {
  const bytes = text.includes(':') ? parseV6(text) : parseV4(text);
  return bytes ? Uint8Array.from(bytes) : fail(`IP_FROM_STRING() encountered a non-parseable IP-address: ${text}`);
};

function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return fail(`The length of the IP-address must be either 4 or 16 bytes, but it is ${bytes.length}`);
  const words = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const isMapped = words.slice(0, 5).every((w) => w === 0) && words[5] === 0xffff;
  if (isMapped) return `::ffff:${bytes.slice(12).join('.')}`;
  return compressed(words);
}

/** The longest run of two zero words or more becomes `::` (RFC 5952). */
function compressed(words: readonly number[]): string {
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (words[i + n] === 0) n++;
    if (n > length) [start, length] = [i, n];
  }
  const hex = words.map((w) => w.toString(16));
  return start < 0 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function truncated(bytes: Uint8Array, prefix: bigint): Uint8Array {
  if (bytes.length !== 4 && bytes.length !== 16) fail(`The first argument of NET.IP_TRUNC() must be either 4 or 16 bytes long`);
  if (prefix < 0n || prefix > BigInt(bytes.length * 8)) fail(`Length of the prefix is out of range: ${prefix}`);
  return bytes.map((byte, i) => byte & ((0xff00 >> Math.min(8, Math.max(0, Number(prefix) - i * 8))) & 0xff));
}

function netMask(size: bigint, prefix: bigint): Uint8Array {
  if (size !== 4n && size !== 16n) fail('The first argument of NET.IP_NET_MASK() must be either 4 or 16');
  return truncated(new Uint8Array(Number(size)).fill(255), prefix);
}

function parseNet(text: string): { readonly bytes: Uint8Array; readonly prefix: bigint } {
  const [address = '', prefix] = text.split('/');
  const bytes = parseIp(address);
  return { bytes, prefix: prefix === undefined ? BigInt(bytes.length * 8) : BigInt(prefix) };
}

/** Whether an address, or all of a net, lies in a net. */
function isInNet(inner: string, outer: string): boolean {
  const [a, b] = [parseNet(inner), parseNet(outer)];
  return (
    a.bytes.length === b.bytes.length && a.prefix >= b.prefix && truncated(a.bytes, b.prefix).join() === truncated(b.bytes, b.prefix).join()
  );
}

function makeNet(address: string, prefix: bigint): string {
  const net = parseNet(address);
  if (prefix > net.prefix) fail('The prefix is longer than that of the net');
  return `${formatIp(truncated(net.bytes, prefix))}/${prefix}`;
}

function fromInt(value: bigint): Uint8Array {
  if (value < -(1n << 31n) || value >= 1n << 32n) fail(`NET.IPV4_FROM_INT64() encountered an IPV4 integer out of range: ${value}`);
  const word = BigInt.asUintN(32, value);
  return Uint8Array.from([24n, 16n, 8n, 0n].map((by) => Number((word >> by) & 255n)));
}

const toInt = (bytes: Uint8Array): bigint =>
  bytes.length === 4 ? bytes.reduce((n, byte) => (n << 8n) | BigInt(byte), 0n) : fail(`NET.IPV4_TO_INT64() encountered a non-IPv4 address`);

/** The host of a URL, with or without a scheme; NULL when there is none. Nothing is checked: what stands where the host does is it. */
function host(url: string): string | null {
  const afterScheme = url.trim().replace(/^(?:[A-Za-z][\w+.-]*)?:?\/\//, '');
  const [authority = ''] = afterScheme.split(/[/?#\\]/, 1);
  const name = authority.slice(authority.lastIndexOf('@') + 1);
  const bracket = name.startsWith('[') ? name.indexOf(']') : -1;
  const bare = name.startsWith('[') ? name.slice(0, bracket < 0 ? undefined : bracket + 1) : name.split(':', 1)[0]!;
  return bare.replace(/^\.+/, '').replace(/\.+$/, '.') || null;
}

/** The public suffix by the list's ICANN section and `extra` labels before it, as the URL writes them; NULL for addresses and unknown suffixes. */
function domain(url: string, extra: number): string | null {
  const name = host(url);
  if (!name || /^[\d.]+$/.test(name) || name.includes('[')) return null;
  const end = name.endsWith('.') ? '.' : '';
  const labels = name.split('.').filter((label) => label);
  const { publicSuffix, isIcann } = parse(labels.join('.').toLowerCase(), {
    extractHostname: false,
    validateHostname: false,
    detectIp: false,
  });
  if (!publicSuffix || !isIcann) return null;
  const wanted = publicSuffix.split('.').length + extra;
  return labels.length < wanted ? null : labels.slice(-wanted).join('.') + end;
}

export const netUdfs: readonly ScalarUdf[] = [
  { name: 'bq_ip_from_string', parameters: ['VARCHAR'], returns: 'BLOB', call: parseIp },
  { name: 'bq_ip_to_string', parameters: ['BLOB'], returns: 'VARCHAR', call: formatIp },
  { name: 'bq_ip_net_mask', parameters: ['BIGINT', 'BIGINT'], returns: 'BLOB', call: netMask },
  { name: 'bq_ip_trunc', parameters: ['BLOB', 'BIGINT'], returns: 'BLOB', call: truncated },
  { name: 'bq_ip_in_net', parameters: ['VARCHAR', 'VARCHAR'], returns: 'BOOLEAN', call: isInNet },
  { name: 'bq_make_net', parameters: ['VARCHAR', 'BIGINT'], returns: 'VARCHAR', call: makeNet },
  { name: 'bq_ipv4_from_int', parameters: ['BIGINT'], returns: 'BLOB', call: fromInt },
  { name: 'bq_ipv4_to_int', parameters: ['BLOB'], returns: 'BIGINT', call: toInt },
  { name: 'bq_net_host', parameters: ['VARCHAR'], returns: 'VARCHAR', call: host },
  { name: 'bq_net_public_suffix', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (url: string) => domain(url, 0) },
  { name: 'bq_net_reg_domain', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (url: string) => domain(url, 1) },
];
