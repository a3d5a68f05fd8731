import { clsx } from 'clsx';
import { Command, FolderOpen, type LucideIcon, Monitor, Moon, ShieldAlert, ShieldCheck, ShieldX, Sun } from 'lucide-react';
import type { CaseState, Verdict } from '../../../../shared/contract/case.ts';
import { type Route, toHref } from '../../route.ts';
import { THEMES, type Theme } from '../../store/appearance-slice.ts';
import type { ReviewState } from '../../store/review.ts';
import { useReview } from '../../store/review-context.tsx';
import { toVisibleText } from '../../text/visible-text.ts';
import { IconButton } from '../../widgets/button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { OpenMenu } from './open-menu.tsx';
import { navScreenOf, SCREENS } from './screens.ts';

export function Navigation({ route }: { readonly route: Route }) {
  const filter = useReview((state) => state.filter);
  const current = navScreenOf(route);
  return (
    <nav data-print="hide" aria-label="Screens" className="border-line flex w-46 shrink-0 flex-col gap-3 border-r p-2">
      <CaseTitle />
      <ul className="flex flex-col gap-px">
        {SCREENS.map(({ screen, label, icon: Icon, key }) => (
          <li key={screen}>
            <a
              href={toHref(screen === 'exchanges' && filter !== '' ? { screen, filter } : { screen })}
              aria-current={current === screen ? 'page' : undefined}
              aria-keyshortcuts={`G ${key.toUpperCase()}`}
              className={clsx(
                'flex h-7 items-center gap-2 rounded-md px-2',
                current === screen ? 'bg-selected text-fg font-medium' : 'text-muted hover:bg-hover hover:text-fg',
              )}
            >
              <Icon size={15} aria-hidden className={current === screen ? 'text-accent' : ''} />
              {label}
            </a>
          </li>
        ))}
      </ul>
      <div className="mt-auto flex flex-col gap-2">
        <IntegrityChip />
        <Tools />
      </div>
    </nav>
  );
}

function CaseTitle() {
  const caseState = useReview((state) => state.caseState);
  const bundles = caseState?.bundles ?? [];
  const first = bundles[0];
  const title = first?.sessionName ?? first?.fileName ?? 'No bundle';
  return (
    <div className="flex items-center gap-1 pt-1 pl-2">
      <div className="min-w-0 flex-1">
        <p className="truncate font-semibold" title={toVisibleText(title)}>
          <EvidenceText text={title} />
        </p>
        <p className="text-muted truncate text-xs" title={bundles.map((bundle) => bundle.path).join('\n')}>
          {bundles.length > 1 ? `and ${bundles.length - 1} more` : <EvidenceText text={first?.fileName ?? ''} />}
        </p>
      </div>
      <OpenMenu icon={FolderOpen} />
    </div>
  );
}

type Chip = { readonly icon: LucideIcon; readonly text: string; readonly look: string };

const CHIPS: Record<Verdict, Chip> = {
  sound: { icon: ShieldCheck, text: 'Sound', look: 'bg-sound-soft text-sound' },
  'sound-unknown-key': { icon: ShieldAlert, text: 'Signer unknown', look: 'bg-caution-soft text-caution' },
  'not-sound': { icon: ShieldX, text: 'Not sound', look: 'bg-broken-soft text-broken' },
};

/** The worst verdict of all open bundles; undefined while one is still being checked. */
export function selectWorstVerdict(caseState: CaseState | undefined): Verdict | undefined {
  const verdicts = (caseState?.bundles ?? []).map((bundle) => (bundle.phase === 'failed' ? 'not-sound' : bundle.verdict));
  return (['not-sound', undefined, 'sound-unknown-key', 'sound'] as const).find((verdict) => verdicts.includes(verdict));
}

function IntegrityChip() {
  const verdict = useReview((state) => selectWorstVerdict(state.caseState));
  if (verdict === undefined) return null;
  const { icon: Icon, text, look } = CHIPS[verdict];
  return (
    <a href={toHref({ screen: 'integrity' })} className={clsx('flex items-center gap-2 rounded-md px-2 py-1.5 text-xs font-medium', look)}>
      <Icon size={15} aria-hidden className="shrink-0" />
      {text}
    </a>
  );
}

const THEME_ICONS: Record<Theme, LucideIcon> = { system: Monitor, light: Sun, dark: Moon };

const selectTheme = (state: ReviewState) => state.theme;

function Tools() {
  const theme = useReview(selectTheme);
  const setTheme = useReview((state) => state.setTheme);
  const setPaletteOpen = useReview((state) => state.setPaletteOpen);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return (
    <div className="flex items-center gap-1">
      <button
        type="button"
        onClick={() => setPaletteOpen(true)}
        aria-keyshortcuts="Control+K"
        className="border-line bg-surface text-muted hover:text-fg flex h-7 min-w-0 flex-1 items-center gap-1.5 rounded-md border px-1.5 text-xs"
      >
        <Command size={13} aria-hidden className="shrink-0" />
        Commands
        <kbd className="ml-auto font-sans text-2xs whitespace-nowrap">Ctrl K</kbd>
      </button>
      <IconButton icon={THEME_ICONS[theme]} label={`Colours: ${theme}. Change to ${next}`} onClick={() => setTheme(next)} />
    </div>
  );
}
