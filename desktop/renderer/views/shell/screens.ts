import {
  Activity,
  FileDiff,
  LayoutDashboard,
  type LucideIcon,
  PlayCircle,
  Rows3,
  ScrollText,
  Search,
  ShieldCheck,
  Siren,
  TerminalSquare,
} from 'lucide-react';
import type { Route } from '../../route.ts';

type PlainScreen = Exclude<Route['screen'], 'exchange'>;

export type ScreenEntry = { readonly screen: PlainScreen; readonly label: string; readonly icon: LucideIcon; readonly key: string };

/** The left navigation, in its order; `key` goes there after G. */
export const SCREENS: readonly ScreenEntry[] = [
  { screen: 'overview', label: 'Overview', icon: LayoutDashboard, key: 'o' },
  { screen: 'exchanges', label: 'Exchanges', icon: Rows3, key: 'e' },
  { screen: 'timeline', label: 'Timeline', icon: Activity, key: 't' },
  { screen: 'search', label: 'Search', icon: Search, key: 's' },
  { screen: 'findings', label: 'Findings', icon: Siren, key: 'f' },
  { screen: 'sql', label: 'SQL', icon: TerminalSquare, key: 'q' },
  { screen: 'diff', label: 'Diff', icon: FileDiff, key: 'd' },
  { screen: 'replay', label: 'Replay', icon: PlayCircle, key: 'r' },
  { screen: 'integrity', label: 'Integrity', icon: ShieldCheck, key: 'i' },
  { screen: 'custody', label: 'Custody', icon: ScrollText, key: 'c' },
];

/** The screen that the navigation marks as current: an exchange belongs to the exchanges. */
export const navScreenOf = (route: Route): PlainScreen => (route.screen === 'exchange' ? 'exchanges' : route.screen);
