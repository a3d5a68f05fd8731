import { tokenizeLoose } from '../../shared/googlesql/syntax/tokenize.ts';

/** Numbers from a seed (mulberry32): the same seed, the same numbers. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PIECES =
  '( ) [ ] { } < > , . ; : @ @@ ? * - + / || | & ^ ~ = != <> => -> |> \' " ` """ r\' b" /* */ -- # 0x 1e .5 $ ! \\ \u0000 é 😀 SELECT FROM WHERE GROUP BY HAVING QUALIFY WINDOW OVER PARTITION ORDER LIMIT OFFSET UNION ALL INTERSECT EXCEPT DISTINCT WITH RECURSIVE AS JOIN ON USING CROSS UNNEST PIVOT UNPIVOT FOR IN NOT NULL IS LIKE BETWEEN AND OR CASE WHEN THEN ELSE END IF BEGIN LOOP WHILE DO REPEAT UNTIL DECLARE SET CALL CREATE TABLE VIEW FUNCTION PROCEDURE INSERT VALUES UPDATE DELETE MERGE ARRAY STRUCT INTERVAL CAST EXTRACT DATE EXISTS TABLESAMPLE DEFAULT OPTIONS'.split(
    ' ',
  );

/** The statement with one to four random changes: tokens lost, doubled, moved, put in, text cut off, or a piece of another statement. */
export function mutateStatement(sql: string, other: string, random: (below: number) => number): string {
  let words = splitWords(sql);
  for (let changes = 1 + random(4); changes > 0; changes--) words = mutateOnce(words, other, random);
  return words.join('');
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

function mutateOnce(words: readonly string[], other: string, random: (below: number) => number): string[] {
  const at = random(words.length + 1);
  const to = Math.min(words.length, at + 1 + random(6));
  const piece = ` ${PIECES[random(PIECES.length)]}`;
  switch (random(8)) {
    case 0:
      return [...words.slice(0, at), ...words.slice(to)];
    case 1:
      return [...words.slice(0, to), ...words.slice(at)];
    case 2:
      return [...words.slice(0, at), piece, ...words.slice(at)];
    case 3:
      return [...words.slice(0, at), piece, ...words.slice(to)];
    case 4:
      return words.slice(0, at);
    case 5:
      return [...words.slice(0, at), piece.trim().repeat(1 + random(400)), ...words.slice(at)];
    case 6:
      return [...words.slice(0, at), ...splitWords(other).slice(random(20), 20 + random(40)), ...words.slice(at)];
    default:
      return [...words.slice(0, at), ...words.slice(at, to).reverse(), ...words.slice(to)];
  }
}
