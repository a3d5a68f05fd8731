import { inflateRawSync } from 'node:zlib';

/** Changes to the bytes of a bundle that must never leave it sound. Each names itself, for the report of a failed run. */
export type Mutation = { readonly name: string; readonly bytes: Buffer };

type Random = () => number;

export function mutateBundle(whole: Buffer, random: Random): Mutation {
  const mutations = [
    flipBit,
    flipByte,
    zeroRange,
    truncate,
    append,
    prepend,
    insert,
    remove,
    duplicateRange,
    swapRanges,
    damageDirectory,
    renameMember,
    editEntry,
  ];
  return mutations[Math.floor(random() * mutations.length)]!(whole, random);
}

const pick = (random: Random, below: number): number => Math.floor(random() * below);

function flipBit(whole: Buffer, random: Random): Mutation {
  const bytes = Buffer.from(whole);
  const at = pick(random, bytes.length);
  const bit = pick(random, 8);
  bytes[at] = bytes[at]! ^ (1 << bit);
  return { name: `flip bit ${bit} of byte ${at}`, bytes };
}

function flipByte(whole: Buffer, random: Random): Mutation {
  const bytes = Buffer.from(whole);
  const at = pick(random, bytes.length);
  bytes[at] = bytes[at]! ^ (1 + pick(random, 255));
  return { name: `change byte ${at}`, bytes };
}

function zeroRange(whole: Buffer, random: Random): Mutation {
  const bytes = Buffer.from(whole);
  const at = pick(random, bytes.length - 64);
  bytes.fill(0x5a, at, at + 1 + pick(random, 63));
  return { name: `overwrite from byte ${at}`, bytes };
}

function truncate(whole: Buffer, random: Random): Mutation {
  const length = pick(random, whole.length);
  return { name: `cut off after ${length} bytes`, bytes: Buffer.from(whole.subarray(0, length)) };
}

const append = (whole: Buffer, random: Random): Mutation => {
  const extra = 1 + pick(random, 2_000);
  return { name: `append ${extra} bytes`, bytes: Buffer.concat([whole, Buffer.alloc(extra, 'x')]) };
};

const prepend = (whole: Buffer, random: Random): Mutation => {
  const extra = 1 + pick(random, 100);
  return { name: `prepend ${extra} bytes`, bytes: Buffer.concat([Buffer.alloc(extra, 'x'), whole]) };
};

function insert(whole: Buffer, random: Random): Mutation {
  const at = pick(random, whole.length);
  return { name: `insert at byte ${at}`, bytes: Buffer.concat([whole.subarray(0, at), Buffer.from('inserted'), whole.subarray(at)]) };
}

function remove(whole: Buffer, random: Random): Mutation {
  const at = pick(random, whole.length - 1);
  const end = Math.min(whole.length, at + 1 + pick(random, 500));
  return { name: `remove bytes ${at}-${end}`, bytes: Buffer.concat([whole.subarray(0, at), whole.subarray(end)]) };
}

function duplicateRange(whole: Buffer, random: Random): Mutation {
  const at = pick(random, whole.length - 1);
  const end = Math.min(whole.length, at + 1 + pick(random, 500));
  return { name: `repeat bytes ${at}-${end}`, bytes: Buffer.concat([whole.subarray(0, end), whole.subarray(at)]) };
}

function swapRanges(whole: Buffer, random: Random): Mutation {
  const length = 1 + pick(random, 200);
  const left = pick(random, whole.length / 2 - length);
  const right = whole.length / 2 + pick(random, whole.length / 2 - length);
  const from = Math.floor(right);
  const bytes = Buffer.from(whole);
  whole.copy(bytes, left, from, from + length);
  whole.copy(bytes, from, left, left + length);
  return bytes.equals(whole) ? flipBit(whole, random) : { name: `swap ${length} bytes at ${left} and ${from}`, bytes };
}

function damageDirectory(whole: Buffer, random: Random): Mutation {
  const start = whole.readUInt32LE(whole.length - 6);
  const at = start + pick(random, whole.length - start);
  const bytes = Buffer.from(whole);
  bytes[at] = bytes[at]! ^ (1 << pick(random, 8));
  return { name: `flip a bit of the directory at byte ${at}`, bytes };
}

/** In both headers, so that only the manifest can tell. */
function renameMember(whole: Buffer, random: Random): Mutation {
  const paths = [
    'evidence/custody.ndjson',
    'evidence/keys.vkeys',
    'pages/pages.jsonl',
    'evidence/session-head.json',
    'evidence/salts.ndjson',
  ];
  const names = [...paths, 'indexes/index.idx', 'indexes/index.cdxj'].filter((one) => whole.includes(one));
  const name = names[pick(random, names.length)]!;
  const text = whole.toString('latin1').replaceAll(name, `${name.slice(0, -1)}X`);
  return { name: `rename ${name}`, bytes: Buffer.from(text, 'latin1') };
}

/** A field of one entry, or of the end record, that ZIP readers pass over or read in different ways: flags, versions, extra fields, comments. */
function editEntry(whole: Buffer, random: Random): Mutation {
  const bytes = Buffer.from(whole);
  const end = bytes.length - 22;
  const [start, count] = [bytes.readUInt32LE(end + 16), bytes.readUInt16LE(end + 10)];
  let at = start;
  for (let skip = pick(random, count); skip > 0; skip -= 1) at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30);
  const local = bytes.readUInt32LE(at + 42);
  // Offsets of two bytes each; in both headers where both have the field, so that they agree on the lie.
  const fields: readonly (readonly [name: string, ...places: number[]])[] = [
    ['version made by', at + 4],
    ['version needed', at + 6, local + 4],
    ['flags', at + 8, local + 6],
    ['method', at + 10, local + 8],
    ['time', at + 12, local + 10],
    ['length of the extra field', at + 30],
    ['length of the local extra field', local + 28],
    ['length of the comment', at + 32],
    ['disk', at + 34],
    ['internal attributes', at + 36],
    ['external attributes', at + 40],
    ['disks', end + 4],
    ['entries on this disk', end + 8],
    ['length of the last comment', end + 20],
  ];
  const [name, ...places] = fields[pick(random, fields.length)]!;
  const bits = 1 << pick(random, 16);
  // Whether a plain name counts as UTF-8 is the writer's choice.
  const flipped = name === 'flags' && bits === 0x0800 ? 1 : bits;
  for (const place of places) bytes.writeUInt16LE(bytes.readUInt16LE(place) ^ flipped, place);
  return { name: `flip ${flipped} in the ${name} of the entry at byte ${at}`, bytes };
}

/** The members of a bundle by path, for forgeries that keep the container whole. */
export function readMembers(whole: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  const end = whole.length - 22;
  let at = whole.readUInt32LE(end + 16);
  for (let count = whole.readUInt16LE(end + 10); count > 0; count -= 1) {
    const nameBytes = whole.readUInt16LE(at + 28);
    const path = whole.toString('latin1', at + 46, at + 46 + nameBytes);
    const offset = whole.readUInt32LE(at + 42);
    const data = offset + 30 + nameBytes;
    const raw = whole.subarray(data, data + whole.readUInt32LE(at + 20));
    members.set(path, whole.readUInt16LE(at + 10) === 8 ? inflateRawSync(raw) : Buffer.from(raw));
    at += 46 + nameBytes + whole.readUInt16LE(at + 30);
  }
  return members;
}
