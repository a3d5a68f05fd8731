// Which rows of a very long list are on screen. Browsers clamp the height of an element (Firefox at 17.9, Chromium at 33.5 million px),
// so past a cap the scroll range is compressed: the bar covers all rows, and the rendered block is moved so that rows stay whole.

const MOST_PIXELS = 16_000_000;

export type RowWindow = {
  /** Height of the scrolled content in px. */
  readonly height: number;
  /** Virtual px for each px of scrolling; 1 until the cap. */
  readonly scale: number;
  readonly first: number;
  /** Last row to render, -1 when there is none. */
  readonly last: number;
  /** Where the block of rendered rows begins, in px of the content. */
  readonly top: number;
};

type View = { readonly scrollTop: number; readonly viewHeight: number; readonly count: number; readonly rowHeight: number };

export const OVERSCAN = 6;

export function toRowWindow({ scrollTop, viewHeight, count, rowHeight }: View): RowWindow {
  const whole = count * rowHeight;
  const height = Math.min(whole, MOST_PIXELS);
  const scale = scaleOf(whole, height, viewHeight);
  const virtualTop = Math.min(scrollTop * scale, Math.max(0, whole - viewHeight));
  const firstVisible = Math.floor(virtualTop / rowHeight);
  const first = Math.max(0, firstVisible - OVERSCAN);
  const last = Math.min(count - 1, firstVisible + Math.ceil(viewHeight / rowHeight) + OVERSCAN);
  return { height, scale, first, last, top: scrollTop - (virtualTop - first * rowHeight) };
}

const scaleOf = (whole: number, height: number, viewHeight: number): number =>
  height <= viewHeight ? 1 : Math.max(1, (whole - viewHeight) / (height - viewHeight));

/** The `scrollTop` that shows the row whole, as near to the present one as possible. */
export function scrollTopFor(row: number, { scrollTop, viewHeight, count, rowHeight }: View): number {
  const { scale } = toRowWindow({ scrollTop, viewHeight, count, rowHeight });
  const virtualTop = scrollTop * scale;
  const top = row * rowHeight;
  if (top < virtualTop) return top / scale;
  if (top + rowHeight > virtualTop + viewHeight) return Math.ceil((top + rowHeight - viewHeight) / scale);
  return scrollTop;
}
