import { describe, expect, it } from 'vitest';
import { parseRoute, type Route, toPath } from './route.ts';

describe('addresses', () => {
  it.each<Route>([
    { screen: 'overview' },
    { screen: 'exchanges' },
    { screen: 'exchanges', filter: 'tables:acme.sales.* text:"50%25 /off?" #x é' },
    { screen: 'exchange', exchangeId: '0197-1', tab: 'response' },
    { screen: 'exchange', exchangeId: 'a/b' },
    { screen: 'diff', left: 'a', right: 'b' },
    { screen: 'diff', right: 'b' },
    { screen: 'search', text: 'jane@example.com' },
    { screen: 'integrity' },
  ])('lead there and back: %j', (route) => expect(parseRoute(toPath(route))).toEqual(route));

  it.each(['', '/', '/nowhere', '/exchange'])('%j leads to the overview', (path) =>
    expect(parseRoute(path)).toEqual({ screen: 'overview' }),
  );

  it('survive a broken escape', () => expect(parseRoute('/exchanges/50%')).toEqual({ screen: 'exchanges', filter: '50%' }));

  it('fall back to the first tab', () => expect(parseRoute('/exchange/x/nonsense')).toEqual({ screen: 'exchange', exchangeId: 'x' }));
});
