/** `undefined` quote: quoting is off. */
export type CsvDialect = { readonly delimiter: string; readonly quote: string | undefined; readonly allowQuotedNewlines: boolean };

/** `position` is the offset of the record's first byte, `line` the number of its first line; a quoted field is never the null marker. `fault` is BigQuery's text. */
export type CsvRecord = {
  readonly fields: readonly string[];
  readonly quoted: readonly boolean[] | undefined;
  readonly position: number;
  readonly line: number;
  readonly fault?: string;
};

type Place = Pick<CsvRecord, 'position' | 'line'>;

/** RFC 4180 as BigQuery reads it: `\n`, `\r\n` and `\r` end a record, a doubled quote is a quote. Empty lines are no records. */
export async function* parseCsv(text: AsyncIterable<string>, dialect: CsvDialect): AsyncGenerator<CsvRecord> {
  let rest = '';
  let place: Place = { position: 0, line: 1 };
  for await (const piece of text) {
    rest = place.position === 0 && rest === '' ? piece.replace(/^\uFEFF/, '') : rest + piece;
    let start = 0;
    for (let record = nextRecord(rest, start, dialect); record; record = nextRecord(rest, start, dialect)) {
      if (record.end > start + 1 || rest[start] === dialect.quote) {
        const parsed = toRecord(rest.slice(start, record.lineEnd), dialect, place);
        if (parsed) yield parsed;
      }
      place = moveBehind(place, rest.slice(start, record.end), dialect);
      start = record.end;
    }
    rest = rest.slice(start);
  }
  const last = rest.replace(/[\r\n]+$/, '');
  if (last !== '') yield toRecord(last, dialect, place)!;
}

function moveBehind({ position, line }: Place, text: string, { allowQuotedNewlines }: CsvDialect): Place {
  const lines = allowQuotedNewlines ? text.split('\n').length - 1 || 1 : 1;
  return { position: position + Buffer.byteLength(text), line: line + lines };
}

/** The end of the record that begins at `start`; undefined when the text ends before it does. */
function nextRecord(text: string, start: number, { quote, allowQuotedNewlines }: CsvDialect) {
  let isQuoted = false;
  const tracksQuotes = quote !== undefined && allowQuotedNewlines;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (tracksQuotes && character === quote) isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '\n') return { lineEnd: index, end: index + 1 };
    if (character !== '\r') continue;
    if (index + 1 === text.length) return undefined;
    return { lineEnd: index, end: text[index + 1] === '\n' ? index + 2 : index + 1 };
  }
  return undefined;
}

function toRecord(line: string, dialect: CsvDialect, place: Place): CsvRecord | undefined {
  if (line === '') return undefined;
  const { quote, delimiter } = dialect;
  if (quote === undefined || !line.includes(quote)) return { fields: line.split(delimiter), quoted: undefined, ...place };
  return splitQuoted(line, delimiter, quote, place);
}

function splitQuoted(line: string, delimiter: string, quote: string, place: Place): CsvRecord {
  const fields: string[] = [];
  const quoted: boolean[] = [];
  let index = 0;
  for (;;) {
    const isQuoted = line.startsWith(quote, index);
    const field = isQuoted ? readQuoted(line, index + 1, quote) : readPlain(line, index, delimiter);
    if (field === undefined) return { fields, quoted, ...place, fault: `Missing close quote character (${quote}).` };
    fields.push(field.value);
    quoted.push(isQuoted);
    if (field.end >= line.length) return { fields, quoted, ...place };
    if (!line.startsWith(delimiter, field.end)) {
      return { fields, quoted, ...place, fault: `Data between close quote character (${quote}) and field separator.` };
    }
    index = field.end + delimiter.length;
  }
}

function readPlain(line: string, start: number, delimiter: string): { readonly value: string; readonly end: number } {
  const found = line.indexOf(delimiter, start);
  const end = found < 0 ? line.length : found;
  return { value: line.slice(start, end), end };
}

function readQuoted(line: string, start: number, quote: string): { readonly value: string; readonly end: number } | undefined {
  let value = '';
  for (let from = start; ; ) {
    const close = line.indexOf(quote, from);
    if (close < 0) return undefined;
    value += line.slice(from, close);
    if (line[close + 1] !== quote) return { value, end: close + 1 };
    value += quote;
    from = close + 2;
  }
}
