/** HTTP heads as they stand in a WARC record, made from disclosed values only: whoever verifies makes them again and compares. */
type Headers = readonly (readonly [string, string])[];

export function renderRequestHead(head: { method: string; target: string; httpVersion: string; headers: Headers }): Buffer {
  return render(`${head.method} ${head.target} HTTP/${head.httpVersion}`, head.headers);
}

export function renderResponseHead(head: { status: number; headers: Headers }): Buffer {
  return render(`HTTP/1.1 ${head.status} `, head.headers);
}

function render(first: string, headers: Headers): Buffer {
  let text = oneLine(first);
  for (const [name, value] of headers) text += `\r\n${oneLine(`${archivedName(name)}: ${value}`)}`;
  // Header bytes are Latin-1 in Node, both ways.
  return Buffer.from(`${text}\r\n\r\n`, 'latin1');
}

/** Bodies are recorded without their transfer coding, so the head must not promise one (the convention of web archives). */
const archivedName = (name: string): string =>
  name.length === CODING.length && name.toLowerCase() === CODING ? `X-Archive-Orig-${name}` : name;

const CODING = 'transfer-encoding';

const oneLine = (line: string): string => line.replace(/[\r\n\0]/g, ' ');
