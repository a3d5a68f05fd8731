import { lazy, Suspense } from 'react';
import type { Route } from '../../route.ts';
import { useRoute } from '../../store/use-route.ts';
import { ScreenBoundary } from '../../widgets/screen-boundary.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { ExchangesView } from '../exchanges/exchanges-view.tsx';
import { OverviewView } from '../overview/overview-view.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { Navigation } from './navigation.tsx';
import { OpeningStrip } from './opening-strip.tsx';
import { useShortcuts } from './use-shortcuts.ts';

// What the first look needs comes at once; the rest when it is gone to.
const ExchangeView = lazy(() => import('../exchange/exchange-view.tsx'));
const SqlView = lazy(() => import('../sql/sql-view.tsx'));
const DiffView = lazy(() => import('../diff/diff-view.tsx'));
const ReplayView = lazy(() => import('../replay/replay-view.tsx'));
const IntegrityView = lazy(() => import('../integrity/integrity-view.tsx'));
const TimelineView = lazy(() => import('../timeline/timeline-view.tsx'));
const SearchView = lazy(() => import('../search/search-view.tsx'));
const FindingsView = lazy(() => import('../findings/findings-view.tsx'));
const CustodyView = lazy(() => import('../custody/custody-view.tsx'));
const CommandPalette = lazy(() => import('./command-palette.tsx'));

export function Shell() {
  const [route] = useRoute();
  useShortcuts();
  return (
    <div data-print="flow" className="flex h-full">
      <Navigation route={route} />
      <div data-print="flow" className="flex min-w-0 flex-1 flex-col">
        <OpeningStrip />
        <main data-print="flow" className="min-h-0 flex-1">
          <ScreenBoundary key={route.screen}>
            <Suspense fallback={<Skeleton lines={5} className="p-6" />}>
              <CurrentScreen route={route} />
            </Suspense>
          </ScreenBoundary>
        </main>
      </div>
      <Suspense>
        <CommandPalette />
      </Suspense>
      <KeysDialog />
    </div>
  );
}

function CurrentScreen({ route }: { readonly route: Route }) {
  switch (route.screen) {
    case 'overview':
      return <OverviewView />;
    case 'exchanges':
      return <ExchangesView filter={route.filter} />;
    case 'exchange':
      return <ExchangeView exchangeId={route.exchangeId} tab={route.tab} />;
    case 'timeline':
      return <TimelineView />;
    case 'search':
      return <SearchView text={route.text} />;
    case 'findings':
      return <FindingsView />;
    case 'sql':
      return <SqlView />;
    case 'diff':
      return <DiffView left={route.left} right={route.right} />;
    case 'replay':
      return <ReplayView />;
    case 'integrity':
      return <IntegrityView />;
    case 'custody':
      return <CustodyView />;
  }
}
