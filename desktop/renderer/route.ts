// Every place in the app has an address after the `#`, so that it can be bookmarked, sent and found again in the custody log.

export const EXCHANGE_TABS = ['result', 'request', 'response', 'record'] as const;
export type ExchangeTab = (typeof EXCHANGE_TABS)[number];

export type Route =
  | { readonly screen: 'overview' | 'timeline' | 'findings' | 'sql' | 'replay' | 'integrity' | 'custody' }
  | { readonly screen: 'exchanges'; readonly filter?: string }
  | { readonly screen: 'exchange'; readonly exchangeId: string; readonly tab?: ExchangeTab }
  | { readonly screen: 'search'; readonly text?: string }
  | { readonly screen: 'diff'; readonly left?: string; readonly right?: string };

const PLAIN = ['overview', 'timeline', 'findings', 'sql', 'replay', 'integrity', 'custody'] as const;

/** `/exchange/0197…/result` to a route; what is unknown leads to the overview. */
export function parseRoute(path: string): Route {
  const [screen = '', first, second] = path.replace(/^\//, '').split('/').map(decode);
  const plain = PLAIN.find((each) => each === screen);
  if (plain !== undefined) return { screen: plain };
  if (screen === 'exchanges') return first === undefined ? { screen } : { screen, filter: first };
  if (screen === 'search') return first === undefined ? { screen } : { screen, text: first };
  if (screen === 'exchange' && first !== undefined) {
    const tab = EXCHANGE_TABS.find((each) => each === second);
    return tab === undefined ? { screen, exchangeId: first } : { screen, exchangeId: first, tab };
  }
  if (screen === 'diff') return { screen, ...(first ? { left: first } : {}), ...(second ? { right: second } : {}) };
  return { screen: 'overview' };
}

export function toPath(route: Route): string {
  return `/${[route.screen, ...partsOf(route)].map(encodeURIComponent).join('/')}`;
}

export const toHref = (route: Route): string => `#${toPath(route)}`;

function partsOf(route: Route): readonly string[] {
  switch (route.screen) {
    case 'exchanges':
      return route.filter ? [route.filter] : [];
    case 'search':
      return route.text ? [route.text] : [];
    case 'exchange':
      return route.tab === undefined ? [route.exchangeId] : [route.exchangeId, route.tab];
    case 'diff':
      return route.left === undefined && route.right === undefined ? [] : [route.left ?? '', route.right ?? ''];
    default:
      return [];
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
