import { resolve } from 'node:path';

/** One system call that changed something below the data directory, or a line of the workload's own ledger. Places in the trace are line numbers. */
export type TraceStep = {
  /** Where the call began and where it returned. */
  readonly start: number;
  readonly end: number;
} & (
  | { readonly kind: 'create'; readonly path: string; readonly truncates: boolean }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'say'; readonly text: string }
);

type Call = { readonly name: string; readonly words: string; readonly result: number; readonly start: number; readonly end: number };

export const tracedCalls =
  'execve,open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,ftruncate,truncate,fallocate,copy_file_range,sendfile';

/** Reads what `strace -f -y -xx` wrote. Throws on a call that it does not understand: a model of half the calls would prove nothing. */
export function parseTrace(text: string, root: string): TraceStep[] {
  const offsets = new Map<string, number>();
  const steps: TraceStep[] = [];
  for (const call of readCalls(text)) {
    if (call.name === 'execve') offsets.clear();
    const step = call.result < 0 ? undefined : toStep(call, offsets);
    if (step === undefined) continue;
    if (step.kind === 'say' || isBelow(step.path, root)) steps.push(step);
  }
  return steps;
}

const isBelow = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`);

/** Calls in the order in which they returned; those of other threads stand between the halves of an unfinished one. */
function* readCalls(text: string): Generator<Call> {
  const unfinished = new Map<string, { readonly words: string; readonly start: number }>();
  let line = 0;
  for (const row of text.split('\n')) {
    line += 1;
    const [, pid, rest] = /^(\d+)\s+(.*)$/s.exec(row) ?? [];
    if (pid === undefined || rest === undefined) continue;
    if (rest.endsWith('<unfinished ...>')) {
      unfinished.set(pid, { words: rest.slice(0, -'<unfinished ...>'.length), start: line });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest);
    const begun = resumed === null ? undefined : unfinished.get(pid);
    if (resumed !== null && begun === undefined) continue;
    const whole = begun === undefined ? rest : begun.words + resumed![1];
    const call = /^(\w+)\((.*)\)\s+= (-?\d+)/s.exec(whole);
    if (call !== null) yield { name: call[1]!, words: call[2]!.trimEnd(), result: Number(call[3]), start: begun?.start ?? line, end: line };
  }
}

function toStep({ name, words, result, start, end }: Call, offsets: Map<string, number>): TraceStep | undefined {
  const at = { start, end };
  const fd = /^(\d+)</.exec(words)?.[1];
  const path = fd === undefined ? undefined : pathOf(words);
  switch (name) {
    case 'open':
    case 'openat': {
      offsets.set(String(result), 0);
      const flags = /"[^"]*", ([A-Z_|0-9]+)/.exec(words)?.[1] ?? '';
      if (!flags.includes('O_CREAT') && !flags.includes('O_TRUNC')) return undefined;
      return { ...at, kind: 'create', path: pathsIn(words)[0]!, truncates: flags.includes('O_TRUNC') };
    }
    case 'write': {
      const data = stringsIn(words)[0]!.subarray(0, result);
      if (fd === '1') return { ...at, kind: 'say', text: data.toString('utf8') };
      const offset = offsets.get(fd!) ?? 0;
      offsets.set(fd!, offset + result);
      return { ...at, kind: 'write', path: path!, offset, data };
    }
    case 'pwrite64':
    case 'pwritev':
    case 'pwritev2': {
      const data = Buffer.concat(stringsIn(words)).subarray(0, result);
      return { ...at, kind: 'write', path: path!, offset: Number(/(\d+)$/.exec(words)![1]), data };
    }
    case 'fsync':
    case 'fdatasync':
      return { ...at, kind: 'sync', path: path! };
    case 'ftruncate':
      return { ...at, kind: 'truncate', path: path!, size: Number(/(\d+)$/.exec(words)![1]) };
    case 'rename':
    case 'link': {
      const [from, to] = pathsIn(words) as [string, string];
      return { ...at, kind: name, path: from, to };
    }
    case 'unlink':
    case 'rmdir':
      return { ...at, kind: 'unlink', path: pathsIn(words)[0]! };
    case 'unlinkat':
      return { ...at, kind: 'unlink', path: resolve(path ?? '/', pathsIn(words)[0]!) };
    case 'mkdir':
      return { ...at, kind: name, path: pathsIn(words)[0]! };
    case 'execve':
      return undefined;
    default:
      // eventfds and the like are written to all the time.
      if (path === undefined || !path.startsWith('/tmp') || name === 'fallocate') return undefined;
      throw new Error(`The trace has a call that is not modelled: ${name}(${words.slice(0, 200)}`);
  }
}

/** As strace names the file behind a descriptor. What has no name any more is nothing that a crash could leave. */
const pathOf = (words: string): string => {
  const text = /^\d+<([^>]*)>/.exec(words)?.[1] ?? '';
  return text.startsWith('\\x') && !words.includes('>(deleted)') ? decode(text).toString('utf8') : text;
};

const decode = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const stringsIn = (words: string): Buffer[] => [...words.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text]) => decode(text!));
const pathsIn = (words: string): string[] => stringsIn(words).map((bytes) => bytes.toString('utf8'));
