/**
 * The key under which web-archive tools look for an address (Sort-friendly URI Reordering Transform, as warcio makes it): `https://gw.example/a?c&b`
 * is `example,gw)/a?b&c`. `undefined` for an address that other tools might write in another way before they look for it; nobody finds it by address then.
 */
export function toSurt(url: string): string | undefined {
  const [, scheme, host, port, path, query] = PLAIN.exec(url.replace(/^(https?:\/\/)www\d*\./, '$1')) ?? [];
  if (host === undefined || path === undefined || DOT_SEGMENT.test(path) || !isPlainHost(host)) return undefined;
  if (Number(port?.slice(1) ?? 0) > MAX_PORT) return undefined;
  const labels = host.toLowerCase().split('.').reverse();
  const isOwnPort = port === undefined || port === (scheme === 'https' ? ':443' : ':80');
  const search = query === undefined || query === '?' ? '' : `?${query.slice(1).toLowerCase().split('&').sort().join('&')}`;
  return `${labels.join(',')}${isOwnPort ? '' : port})${path.toLowerCase()}${search}`;
}

/** Characters that no URL parser changes (WHATWG URL, path and query percent-encode sets). */
const PLAIN = /^(https?):\/\/([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(:[1-9]\d{0,4})?(\/[\w\-.~!$&()*+,;=:@%/]*)(\?[\w\-.~!$&()*+,;=:@%/?]*)?$/;
const MAX_PORT = 65_535;
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
const BYTE = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;

/** No name that is taken for a number, and none in Punycode: parsers rewrite or refuse those. */
function isPlainHost(host: string): boolean {
  const labels = host.split('.');
  if (labels.some((label) => /^xn--/i.test(label))) return false;
  return !/^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1)!) || (labels.length === 4 && labels.every((label) => BYTE.test(label)));
}
