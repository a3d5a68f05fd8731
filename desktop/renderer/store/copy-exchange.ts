import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import { toHref } from '../route.ts';
import { toCurl } from '../text/to-curl.ts';

export const COPY_FORMATS = ['sql', 'curl', 'json', 'link'] as const;
export type CopyFormat = (typeof COPY_FORMATS)[number];

export const COPY_LABELS: Record<CopyFormat, string> = { sql: 'SQL', curl: 'curl command', json: 'JSON', link: 'Link' };

/** The largest body that goes into a command. */
const MOST_BODY_BYTES = 1_048_576;

/** One exchange as text for elsewhere. Throws `EngineError`. */
export async function copyExchange(engine: EngineApi, exchangeId: string, format: CopyFormat): Promise<string> {
  if (format === 'link') return `${location.origin}${location.pathname}${toHref({ screen: 'exchange', exchangeId })}`;
  const detail = await engine.call('exchange:get', { exchangeId });
  if (format === 'json') return JSON.stringify(detail, undefined, 2);
  if (format === 'sql') return detail.statement?.sql ?? '';
  const hasBody = detail.bodies.some((body) => body.side === 'request' && body.present && body.bytes > 0);
  if (!hasBody) return toCurl(detail, undefined);
  const body = await engine.call('exchange:body', { exchangeId, side: 'request', offset: 0, length: MOST_BODY_BYTES });
  return toCurl(detail, body.text);
}
