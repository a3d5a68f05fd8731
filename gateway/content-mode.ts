import type { Config } from './config.ts';
import type { Exchange } from './exchange.ts';
import { contentModeOf } from './retention/retention-rules.ts';

/**
 * Fills `content`: whether what this exchange says may be kept. What cannot be told yet counts as the strictest that it may turn out to be: of whom
 * nobody knows the groups may be in any, what reached no connection may have been meant for any.
 */
export function decideContent(exchange: Exchange, { retention, connections }: Pick<Config, 'retention' | 'connections'>): void {
  const { principal, connection } = exchange;
  const isKnown = principal !== undefined && principal.issuer !== 'none';
  exchange.content = contentModeOf(retention, {
    connections: connection === undefined ? connections.map(({ name }) => name) : [connection],
    groups: isKnown ? principal.groups : (retention?.rules ?? []).flatMap(({ groups }) => groups ?? []),
  });
}
