import { Dialog } from '@base-ui/react/dialog';
import { useReview } from '../../store/review-context.tsx';
import { Button } from '../../widgets/button.tsx';
import { Keys } from '../../widgets/tip.tsx';
import { SCREENS } from './screens.ts';

const EVERYWHERE: readonly (readonly [string, string])[] = [
  ['Ctrl K', 'Commands'],
  ['?', 'These keys'],
  ...SCREENS.map(({ key, label }) => [`G ${key.toUpperCase()}`, label] as const),
];

const IN_LISTS: readonly (readonly [string, string])[] = [
  ['↑ ↓', 'Row up, row down (also K, J)'],
  ['PgUp PgDn', 'One screen up, down'],
  ['Home End', 'First row, last row'],
  ['Enter', 'Open'],
  ['/', 'Filter'],
  ['Y', 'Copy the SQL of the row'],
  ['L', 'Take the row as the left side of a comparison'],
  ['D', 'Compare the row with it'],
];

const IN_AN_EXCHANGE: readonly (readonly [string, string])[] = [
  ['[ ]', 'Previous, next in the list'],
  ['Esc', 'Back to the list'],
  ['1 2 3 4', 'Result, request, response, record'],
  ['Ctrl F', 'Search in the shown text'],
];

export function KeysDialog() {
  const open = useReview((state) => state.keysOpen);
  const setOpen = useReview((state) => state.setKeysOpen);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(0_0_0/40%)]" />
        <Dialog.Popup className="bg-raised border-line-strong shadow-popup fixed top-1/2 left-1/2 z-50 w-[40rem] max-w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-lg border p-4">
          <Dialog.Title className="mb-3 text-lg font-semibold">Keys</Dialog.Title>
          <div className="grid grid-cols-2 gap-6">
            <KeyList title="Everywhere" keys={EVERYWHERE} />
            <div className="flex flex-col gap-4">
              <KeyList title="In lists" keys={IN_LISTS} />
              <KeyList title="In an exchange" keys={IN_AN_EXCHANGE} />
            </div>
          </div>
          <div className="mt-4 flex justify-end">
            <Dialog.Close render={<Button>Close</Button>} />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const KeyList = ({ title, keys }: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }) => (
  <section>
    <h3 className="text-muted mb-1 text-xs font-medium">{title}</h3>
    <dl className="grid grid-cols-[5.5rem_1fr] gap-y-1 text-sm">
      {keys.map(([key, meaning]) => (
        <div key={key} className="contents">
          <dt>
            <Keys keys={key} />
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  </section>
);
