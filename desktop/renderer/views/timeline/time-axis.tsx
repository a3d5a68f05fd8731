import { splitInstant } from '../../text/format.ts';

const TICKS = 6;

/** A few instants under the lanes; the date stands where it changes. */
export function TimeAxis({ from, to }: { readonly from: string; readonly to: string }) {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const instants = Array.from({ length: TICKS + 1 }, (_, tick) =>
    splitInstant(new Date(start + ((end - start) * tick) / TICKS).toISOString()),
  );
  return (
    <ol aria-label="Time" className="text-muted flex justify-between py-1 pl-56 text-2xs">
      {instants.map(({ date, time }, tick) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a tick is its place
        <li key={tick}>
          {instants[tick - 1]?.date === date ? '' : `${date} `}
          {time}
        </li>
      ))}
    </ol>
  );
}
