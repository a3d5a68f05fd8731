import { BigQueryError } from './error-envelope.ts';

/** What `fields=` keeps; `all` keeps a value whole. Source: Google's "partial response", `a,b/c,d(e,f)` and `*`. */
export type FieldMask = 'all' | ReadonlyMap<string, FieldMask>;

export function parseFieldMask(text: string | undefined): FieldMask {
  if (text === undefined || text.trim() === '' || text.trim() === '*') return 'all';
  const parser = { text: text.replaceAll(/\s/g, ''), at: 0, depth: 0 };
  const mask = parseSelection(parser);
  if (parser.at < parser.text.length) throw invalidSelection(text);
  return mask;
}

type Parser = { readonly text: string; at: number; depth: number };

/** Deeper than any answer of BigQuery. */
const MAX_DEPTH = 100;

const invalidSelection = (text: string): BigQueryError =>
  new BigQueryError({
    reason: 'invalidParameter',
    message: `Invalid field selection ${text}`,
    location: 'fields',
    locationType: 'parameter',
  });

function parseSelection(parser: Parser): FieldMask {
  const mask = new Map<string, FieldMask>();
  do {
    const name = takeName(parser);
    const below = parseBelow(parser);
    const earlier = mask.get(name);
    mask.set(name, earlier === undefined ? below : mergeMasks(earlier, below));
  } while (take(parser, ','));
  return mask;
}

function parseBelow(parser: Parser): FieldMask {
  if (parser.depth === MAX_DEPTH) throw invalidSelection(parser.text.slice(0, 200));
  parser.depth += 1;
  const mask = parseMembers(parser);
  parser.depth -= 1;
  return mask;
}

function parseMembers(parser: Parser): FieldMask {
  if (take(parser, '/')) {
    const name = takeName(parser);
    return new Map([[name, parseBelow(parser)]]);
  }
  if (!take(parser, '(')) return 'all';
  const mask = parseSelection(parser);
  if (!take(parser, ')')) throw invalidSelection(parser.text);
  return mask;
}

function takeName(parser: Parser): string {
  const name = /^[\w.$*-]+/.exec(parser.text.slice(parser.at))?.[0];
  if (name === undefined) throw invalidSelection(parser.text);
  parser.at += name.length;
  return name;
}

function take(parser: Parser, character: string): boolean {
  if (parser.text[parser.at] !== character) return false;
  parser.at++;
  return true;
}

function mergeMasks(left: FieldMask, right: FieldMask): FieldMask {
  if (left === 'all' || right === 'all') return 'all';
  const merged = new Map(left);
  for (const [name, mask] of right) {
    const earlier = merged.get(name);
    merged.set(name, earlier === undefined ? mask : mergeMasks(earlier, mask));
  }
  return merged;
}

/** The mask of a member; undefined when it is left out. */
export function maskOf(mask: FieldMask, name: string): FieldMask | undefined {
  return mask === 'all' ? 'all' : (mask.get(name) ?? mask.get('*'));
}

/** Lists are transparent: the mask applies to each of their elements. */
export function applyFieldMask(value: unknown, mask: FieldMask): unknown {
  if (mask === 'all' || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((each) => applyFieldMask(each, mask));
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const below = maskOf(mask, name);
    return below === undefined ? [] : [[name, applyFieldMask(member, below)] as const];
  });
  return Object.fromEntries(kept);
}
