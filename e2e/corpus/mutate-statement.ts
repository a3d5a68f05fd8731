import { tokenizeLoose } from '../../shared/googlesql/syntax/tokenize.ts';

type Random = (below: number) => number;

/** Numbers from a seed (mulberry32): the same seed, the same numbers. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PIECES =
  "( ) [ ] { } < > , . ; : @ @@ ? * - + / || | & ^ ~ = != <> => -> |> ' \" ` \"\"\" r' b\" /* */ -- # 0x 1e .5 $ ! \\ \u0000 \ufeff \u00a0 \u2028 \ud800 é 😀 SELECT FROM WHERE GROUP BY HAVING QUALIFY WINDOW OVER PARTITION ORDER LIMIT OFFSET UNION ALL INTERSECT EXCEPT DISTINCT WITH RECURSIVE AS JOIN ON USING CROSS LATERAL UNNEST PIVOT UNPIVOT MATCH_RECOGNIZE TABLESAMPLE FOR SYSTEM_TIME IN NOT NULL IS LIKE BETWEEN AND OR CASE WHEN THEN ELSE END IF BEGIN LOOP WHILE DO REPEAT UNTIL DECLARE SET CALL CREATE TABLE VIEW FUNCTION PROCEDURE INSERT VALUES UPDATE DELETE MERGE ARRAY STRUCT RANGE INTERVAL CAST SAFE_CAST EXTRACT DATE JSON EXISTS DEFAULT OPTIONS EXTEND AGGREGATE SAFE. a.b.c @p @@x 1 1.5 'x' b'x' NULL TRUE".split(
    ' ',
  );

/** What nests: the text before and after what is enclosed. */
const NESTS: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['ABS(', ')'],
  ['(SELECT ', ')'],
  ['ARRAY(SELECT ', ')'],
  ['CASE WHEN ', ' THEN 1 END'],
  ['STRUCT(', ' AS x)'],
  ['- ', ''],
  ['NOT ', ''],
  ['CAST(', ' AS STRING)'],
  ['SELECT * FROM (', ')'],
  ['BEGIN ', '; END'],
];

/** Literals as large as someone may send. */
const HUGE: readonly ((size: number) => string)[] = [
  (size) => '9'.repeat(size),
  (size) => `1e${'9'.repeat(size)}`,
  (size) => `0x${'f'.repeat(size)}`,
  (size) => `'${'x'.repeat(size)}'`,
  (size) => `'${'\\n'.repeat(size)}'`,
  (size) => `"""${'a"'.repeat(size)}"""`,
  (size) => `\`${'a.'.repeat(size)}b\``,
  (size) => `/*${'*'.repeat(size)}*/`,
  (size) => `NUMERIC '${'9'.repeat(size)}.9'`,
  (size) => `[${'1,'.repeat(size)}1]`,
];

/** The statement with a few random changes, often just one: of tokens (lost, doubled, moved, swapped, put in, of another statement), of structure (nested, cut off) and of characters. */
export function mutateStatement(sql: string, other: string, random: Random): string {
  let words = splitWords(sql);
  for (let changes = 1 + random(2) * random(4); changes > 0; changes--) words = mutateOnce(words, other, random);
  const text = words.join('');
  return random(12) === 0 ? mutateCharacter(text, random) : text;
}

/** Tokens with the blanks before them. */
function splitWords(sql: string): string[] {
  let end = 0;
  const words = tokenizeLoose(sql).map((token) => {
    const word = sql.slice(end, token.end);
    end = token.end;
    return word;
  });
  return [...words, sql.slice(end)];
}

type Mutation = (words: readonly string[], at: number, to: number, random: Random, other: string) => string[];

const pieceOf = (random: Random): string => ` ${PIECES[random(PIECES.length)]}`;

const MUTATIONS: readonly Mutation[] = [
  (words, at, to) => [...words.slice(0, at), ...words.slice(to)],
  (words, at, to) => [...words.slice(0, to), ...words.slice(at)],
  (words, at, _, random) => [...words.slice(0, at), pieceOf(random), ...words.slice(at)],
  (words, at, to, random) => [...words.slice(0, at), pieceOf(random), ...words.slice(to)],
  (words, at) => words.slice(0, at),
  (words, at, _, random) => [
    ...words.slice(0, at),
    pieceOf(random)
      .trim()
      .repeat(1 + random(400)),
    ...words.slice(at),
  ],
  (words, at, _, random, other) => [...words.slice(0, at), ...splitWords(other).slice(random(20), 20 + random(40)), ...words.slice(at)],
  (words, at, to) => [...words.slice(0, at), ...words.slice(at, to).reverse(), ...words.slice(to)],
  swap,
  exchange,
  exchange,
  exchange,
  exchange,
  nest,
  (words, at, _, random) => [...words.slice(0, at), ` ${HUGE[random(HUGE.length)]?.(1 + random(2_000))} `, ...words.slice(at)],
  (words, at, _, random) => [...words.slice(0, at), `${words[at] ?? ''}${'`\'"'[random(3)]}`, ...words.slice(at + 1)],
];

const mutateOnce = (words: readonly string[], other: string, random: Random): string[] => {
  const at = random(words.length + 1);
  const to = Math.min(words.length, at + 1 + random(6));
  const mutate = MUTATIONS[random(MUTATIONS.length)] as Mutation;
  return mutate(words, at, to, random, other);
};

/** Two tokens change places. */
function swap(words: readonly string[], at: number, _: number, random: Random): string[] {
  const from = random(words.length);
  return words.map((word, index) => (index === at ? (words[from] ?? word) : index === from ? (words[at] ?? word) : word));
}

/** A token is replaced by one of its kind: a name by a name, a number by a number. What comes of it often still has a meaning. */
function exchange(words: readonly string[], at: number, _: number, random: Random, other: string): string[] {
  const kind = kindOf(words[at] ?? '');
  const candidates = splitWords(random(2) === 0 ? other : words.join('')).filter((word) => kindOf(word) === kind);
  const chosen = candidates[random(Math.max(1, candidates.length))];
  return chosen === undefined ? [...words] : words.map((word, index) => (index === at ? ` ${chosen.trim()}` : word));
}

const kindOf = (word: string): string => {
  const [token] = tokenizeLoose(word);
  return token ? `${token.kind}${token.isReserved}` : '';
};

/** Some tokens are enclosed, up to a thousand times. */
function nest(words: readonly string[], at: number, to: number, random: Random): string[] {
  const [open, close] = NESTS[random(NESTS.length)] ?? ['', ''];
  const depth = 1 + (random(4) === 0 ? random(1_000) : random(5));
  return [...words.slice(0, at), ` ${open.repeat(depth)}`, ...words.slice(at, to), `${close.repeat(depth)} `, ...words.slice(to)];
}

/** One character lost, doubled or replaced by any other. */
function mutateCharacter(text: string, random: Random): string {
  const at = random(text.length + 1);
  const character = [String.fromCharCode(random(0x80)), String.fromCharCode(random(0x10000)), text.charAt(at).repeat(2), ''][random(4)];
  return text.slice(0, at) + character + text.slice(at + 1);
}
