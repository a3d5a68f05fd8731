import { Dialog } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { FileDiff, Filter, FolderOpen, Keyboard, type LucideIcon, Palette, Printer, RotateCcw, Rows3 } from 'lucide-react';
import { useState } from 'react';
import { THEMES } from '../../store/appearance-slice.ts';
import { useReview } from '../../store/review-context.tsx';
import { useAnswer } from '../../store/use-answer.ts';
import { useGo } from '../../store/use-route.ts';
import { toExchangeFilter } from '../../text/to-exchange-filter.ts';
import { toVisibleText } from '../../text/visible-text.ts';
import { outcomeLook } from '../../widgets/outcome-badge.tsx';
import { useOpenFiles } from '../start/use-open.ts';
import { SCREENS } from './screens.ts';

type Entry = { readonly icon: LucideIcon; readonly label: string; readonly note?: string; readonly run: () => void };

export default function CommandPalette() {
  const open = useReview((state) => state.paletteOpen);
  const setOpen = useReview((state) => state.setPaletteOpen);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(0_0_0/30%)]" />
        <Dialog.Popup
          aria-label="Commands"
          className="bg-raised border-line-strong shadow-popup fixed top-[14vh] left-1/2 z-50 w-[36rem] max-w-[calc(100vw-2rem)] -translate-x-1/2 overflow-hidden rounded-lg border"
        >
          <Palettes close={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Palettes({ close }: { readonly close: () => void }) {
  const [text, setText] = useState('');
  const commands = useCommands();
  const exchanges = useExchanges(text);
  const run = (entry: Entry): void => {
    close();
    entry.run();
  };
  return (
    <Command label="Commands" shouldFilter={false} loop>
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder="Go to a screen, an exchange by number or SQL, or a command"
        className="border-line h-11 w-full border-b bg-transparent px-4 text-base outline-none"
      />
      <Command.List className="max-h-[50vh] overflow-auto p-1.5">
        <Command.Empty className="text-muted p-4 text-center">Nothing of that name</Command.Empty>
        <Entries heading="Go to" entries={matching(commands.screens, text)} run={run} />
        <Entries heading="Exchanges" entries={exchanges} run={run} />
        <Entries heading="Commands" entries={matching(commands.actions, text)} run={run} />
      </Command.List>
    </Command>
  );
}

/** Entries that hold every word that was typed. */
function matching(entries: readonly Entry[], text: string): readonly Entry[] {
  const words = text.toLowerCase().split(/\s+/);
  return entries.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

type EntriesProps = { readonly heading: string; readonly entries: readonly Entry[]; readonly run: (entry: Entry) => void };

function Entries({ heading, entries, run }: EntriesProps) {
  if (entries.length === 0) return null;
  return (
    <Command.Group heading={heading} className="text-faint text-xs [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1">
      {entries.map((entry) => (
        <Command.Item
          key={entry.label}
          value={entry.label}
          onSelect={() => run(entry)}
          className="text-fg data-[selected=true]:bg-selected flex h-8 cursor-default items-center gap-2.5 rounded-md px-2.5 text-sm"
        >
          <entry.icon size={15} aria-hidden className="text-muted shrink-0" />
          <span className="truncate">{entry.label}</span>
          {entry.note === undefined ? null : <span className="text-faint ml-auto shrink-0 text-xs">{entry.note}</span>}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function useCommands(): { readonly screens: readonly Entry[]; readonly actions: readonly Entry[] } {
  const go = useGo();
  const { openDialog } = useOpenFiles();
  const theme = useReview((state) => state.theme);
  const setTheme = useReview((state) => state.setTheme);
  const setKeysOpen = useReview((state) => state.setKeysOpen);
  const setFilter = useReview((state) => state.setFilter);
  const compareLeft = useReview((state) => state.compareLeft);
  const showOnly = (filter: string) => () => {
    setFilter(filter);
    go({ screen: 'exchanges', filter });
  };
  const screens = SCREENS.map(({ screen, label, icon, key }) => ({
    icon,
    label,
    note: `G ${key.toUpperCase()}`,
    run: () => go({ screen }),
  }));
  const actions: readonly (Entry | undefined)[] = [
    { icon: FolderOpen, label: 'Open bundles…', run: () => void openDialog() },
    { icon: Filter, label: 'Show refused exchanges', run: showOnly('outcome:refused') },
    { icon: Filter, label: 'Show exchanges that failed at BigQuery', run: showOnly('outcome:upstream-error') },
    { icon: Filter, label: 'Show statements over 1 GB', run: showOnly('bytes>1GB') },
    { icon: RotateCcw, label: 'Clear the filter', run: showOnly('') },
    compareLeft && {
      icon: FileDiff,
      label: `Compare exchange ${compareLeft.number} with another`,
      run: () => go({ screen: 'diff', left: compareLeft.exchangeId }),
    },
    ...THEMES.filter((each) => each !== theme).map((each) => ({ icon: Palette, label: `Colours: ${each}`, run: () => setTheme(each) })),
    { icon: Printer, label: 'Print this screen', run: () => window.print() },
    { icon: Keyboard, label: 'Show keys', note: '?', run: () => setKeysOpen(true) },
  ];
  return { screens, actions: actions.filter((entry) => entry !== undefined) };
}

/** Typing a number or a piece of SQL finds exchanges. */
function useExchanges(text: string): readonly Entry[] {
  const go = useGo();
  const filter = toExchangeFilter(text);
  const worthIt = text.trim().length >= 3 || filter.startsWith('number:');
  const answer = useAnswer('exchange:list', worthIt ? { filter, offset: 0, limit: 6 } : undefined, filter);
  if (!worthIt) return [];
  return (answer.value?.rows ?? []).map((row) => ({
    icon: Rows3,
    label: `${row.number}  ${toVisibleText(row.sql ?? `${row.httpMethod} ${row.target}`).slice(0, 120)}`,
    note: outcomeLook(row.outcome).word,
    run: () => go({ screen: 'exchange', exchangeId: row.exchangeId }),
  }));
}
