import type { IndexedRecord } from './bundle-index.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/** To read so many bytes for nothing costs less than to read twice. */
const MAX_GAP_BYTES = 16_384;
const MAX_SPAN_BYTES = 1_048_576;

/** The bytes at each of the places, one after the other; places near each other, in order, cost one read. */
export async function readPlaces(zip: MemberArchive, entry: ZipEntry, places: readonly IndexedRecord[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let from = 0; from < places.length; ) {
    const { offset } = places[from]!;
    let to = from + 1;
    let end = offset + places[from]!.length;
    for (let next = places[to]; next !== undefined && isNear(offset, end, next); next = places[to]) {
      end = next.offset + next.length;
      to += 1;
    }
    const span = await zip.readAt(entry, offset, end - offset);
    for (const place of places.slice(from, to)) pieces.push(span.subarray(place.offset - offset, place.offset - offset + place.length));
    from = to;
  }
  return Buffer.concat(pieces);
}

const isNear = (offset: number, end: number, next: IndexedRecord): boolean =>
  next.offset >= end && next.offset - end <= MAX_GAP_BYTES && next.offset + next.length - offset <= MAX_SPAN_BYTES;
