import { BundleError } from './bundle-error.ts';

const LINE_FEED = 0x0a;

/**
 * Lines without their line feeds, as many at a time as a piece holds: to wait once for each of a million lines takes longer than to read them. Every line
 * must end with a line feed; a longer one than `maxBytes` is refused, not collected.
 */
export async function* readLineRuns(pieces: AsyncIterable<Buffer>, maxBytes: number, name: string): AsyncGenerator<readonly Buffer[]> {
  // The beginning of a line, put together only when its end is there.
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const piece of pieces) {
    const { lines, begin } = wholeLines(piece, rest, maxBytes);
    if (lines.length > 0) yield lines;
    if (begin > 0) [rest, restBytes] = [[], 0];
    rest.push(piece.subarray(begin));
    restBytes += piece.length - begin;
    if (restBytes > maxBytes)
      throw new BundleError(
        'BUNDLE_DAMAGED',
        `${name} holds a longer line than Steno writes. Fetch the bundle again from whoever exported it.`,
      );
  }
  if (restBytes > 0)
    throw new BundleError('BUNDLE_DAMAGED', `${name} ends in the middle of a line. Fetch the bundle again from whoever exported it.`);
}

/** The lines that end in this piece, up to one that is too long, and where what follows them begins. */
function wholeLines(piece: Buffer, rest: readonly Buffer[], maxBytes: number): { readonly lines: Buffer[]; readonly begin: number } {
  const lines: Buffer[] = [];
  let begin = 0;
  for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, begin)) {
    const own = piece.subarray(begin, end);
    const line = begin === 0 && rest.length > 0 ? Buffer.concat([...rest, own]) : own;
    if (line.length > maxBytes) break;
    lines.push(line);
    begin = end + 1;
  }
  return { lines, begin };
}
