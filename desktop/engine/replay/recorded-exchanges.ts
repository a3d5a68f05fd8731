import type { Bundle, BundleExchange } from '../../../shared/bundle/bundle.ts';
import { gatewayDoor } from '../../../shared/derived/exchange-facts.ts';
import type { RecordedExchange } from '../../../shared/sandbox/rest/recorded-answers.ts';
import { resolveProject } from './resolve-project.ts';

/** The bundle's exchanges as the sandbox takes them, in the order in which they began. Only such as got a whole answer: a cut one answers nothing. */
export async function* toRecordedExchanges(bundle: Bundle): AsyncIterable<RecordedExchange> {
  const whole: { readonly number: number; readonly exchange: RecordedExchange }[] = [];
  for await (const exchange of bundle.exchanges()) {
    const recorded = toRecordedExchange(bundle, exchange);
    if (recorded !== undefined) whole.push({ number: exchange.number, exchange: recorded });
  }
  whole.sort((a, b) => a.number - b.number);
  for (const { exchange } of whole) yield exchange;
}

function toRecordedExchange(bundle: Bundle, exchange: BundleExchange): RecordedExchange | undefined {
  const { exchangeId, intent, end, request, response } = exchange;
  if (end?.kind !== 'end' || end.framing === 'truncated' || request === undefined || response === undefined) return undefined;
  // What the gateway asked by itself is no answer to the client.
  if (intent.door === gatewayDoor) return undefined;
  return {
    exchangeId,
    httpMethod: intent.httpMethod,
    target: resolveProject(request.target, intent.projectId),
    requestHeaders: Object.fromEntries(request.headers),
    status: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    requestBody: () => bundle.body(exchangeId, 'request'),
    responseBody: () => bundle.body(exchangeId, 'response'),
  };
}
