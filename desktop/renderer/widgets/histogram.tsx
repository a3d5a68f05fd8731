import { formatCount, formatInstant, formatPlural } from '../text/format.ts';

export type Bar = { readonly total: number; readonly denied: number; readonly failed: number };

type Props = {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly from: string;
  readonly to: string;
  readonly height?: number;
};

const sumOf = (bars: readonly Bar[], key: keyof Bar): number => bars.reduce((sum, bar) => sum + bar[key], 0);

/** Counts over time, refused and failed ones stacked on top in their own colour and, for reading aloud, in one sentence. */
export function Histogram({ label, bars, from, to, height = 88 }: Props) {
  const most = Math.max(1, ...bars.map((bar) => bar.total));
  const said = `${formatPlural(sumOf(bars, 'total'), 'exchange')}, ${formatCount(sumOf(bars, 'denied'))} refused, ${formatCount(sumOf(bars, 'failed'))} failed`;
  return (
    <figure className="flex flex-col gap-1">
      <svg
        role="img"
        aria-label={`${label}: ${said}`}
        viewBox={`0 0 ${bars.length} 100`}
        preserveAspectRatio="none"
        className="w-full"
        style={{ height }}
      >
        <title>{said}</title>
        {bars.map((bar, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in time
          <g key={index}>
            {stack(bar, most).map(({ y, size, fill }) => (
              <rect key={fill} x={index + 0.08} y={y} width={0.84} height={size} className={fill} />
            ))}
          </g>
        ))}
      </svg>
      <figcaption className="text-muted flex flex-wrap justify-between gap-x-4 text-2xs">
        <span>{formatInstant(from)}</span>
        <span className="flex gap-3">
          <Key fill="bg-answered" word="other" />
          <Key fill="bg-refused" word="refused" />
          <Key fill="bg-upstream-error" word="failed" />
          <span>peak {formatCount(most)}</span>
        </span>
        <span>{formatInstant(to)}</span>
      </figcaption>
    </figure>
  );
}

/** The parts of a bar from the ground up; a part that exists is at least visible. */
function stack(bar: Bar, most: number): readonly { readonly y: number; readonly size: number; readonly fill: string }[] {
  const parts = [
    { count: bar.total - bar.denied - bar.failed, fill: 'fill-answered' },
    { count: bar.failed, fill: 'fill-upstream-error' },
    { count: bar.denied, fill: 'fill-refused' },
  ];
  let y = 100;
  return parts
    .filter((part) => part.count > 0)
    .map(({ count, fill }) => {
      const size = Math.max(2.5, (100 * count) / most);
      y -= size;
      return { y, size, fill };
    });
}

const Key = ({ fill, word }: { readonly fill: string; readonly word: string }) => (
  <span className="flex items-center gap-1">
    <span className={`size-2 rounded-sm ${fill}`} aria-hidden />
    {word}
  </span>
);
