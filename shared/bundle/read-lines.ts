import { BundleError } from './bundle-error.ts';

const LINE_FEED = 0x0a;

/** Lines without their line feeds. Every line must end with one; a longer line than `maxBytes` is refused, not collected. */
export async function* readLines(pieces: AsyncIterable<Buffer>, maxBytes: number, name: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let searched = rest.length;
    for (let end = bytes.indexOf(LINE_FEED, searched); end >= 0; end = bytes.indexOf(LINE_FEED)) {
      if (end > maxBytes) throw tooLong(name);
      yield bytes.subarray(0, end);
      bytes = bytes.subarray(end + 1);
      searched = 0;
    }
    if (bytes.length > maxBytes) throw tooLong(name);
    rest = bytes;
  }
  if (rest.length > 0)
    throw new BundleError('BUNDLE_DAMAGED', `${name} ends in the middle of a line. Fetch the bundle again from whoever exported it.`);
}

const tooLong = (name: string): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `${name} holds a longer line than Steno writes. Fetch the bundle again from whoever exported it.`);
