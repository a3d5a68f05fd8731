// RE2's syntax as JavaScript's: what RE2 does not have is refused, what it reads otherwise is written otherwise.

/** `groups`: how many capturing groups there are. */
export type Re2Pattern = { readonly source: string; readonly groups: number };

class Refusal extends Error {}
const refuse = (what: string): never => {
  throw new Refusal(what);
};

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** White space is ASCII's in RE2. */
const CLASSES: Readonly<Record<string, string>> = { s: '[\\t\\n\\f\\r ]', S: '[^\\t\\n\\f\\r ]' };
const CATEGORY = /^(?:C|Cc|Cf|Co|Cs|L|Ll|Lm|Lo|Lt|Lu|M|Mc|Me|Mn|N|Nd|Nl|No|P|Pc|Pd|Pe|Pf|Pi|Po|Ps|S|Sc|Sk|Sm|So|Z|Zl|Zp|Zs)$/;

class Re2Reader {
  readonly #text: string;
  #at = 0;
  #groups = 0;

  constructor(text: string) {
    this.#text = text;
  }

  pattern(): Re2Pattern {
    const source = this.#alternatives();
    if (this.#at < this.#text.length) refuse(`unexpected ): ${this.#text}`);
    return { source, groups: this.#groups };
  }

  /** What `found` matches right here, and past it. */
  #take(found: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(found.source, 'ysu');
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match) this.#at = sticky.lastIndex;
    return match ?? undefined;
  }

  /** Up to the group's end. A flag group such as (?i) holds for all that follows in the group. */
  #alternatives(): string {
    let source = '';
    let open = 0;
    while (this.#at < this.#text.length && this.#text[this.#at] !== ')') {
      const flags = this.#take(/\(\?([imsU]*(?:-[imsU]+)?)\)/)?.[1];
      if (flags === undefined) source += this.#item();
      else if (flags) {
        source += `(?${this.#flags(flags)}:`;
        open++;
      }
    }
    return source + ')'.repeat(open);
  }

  #flags = (flags: string): string => (flags.includes('U') ? refuse('the flag U is not supported') : flags);

  #item(): string {
    const quoted = this.#take(/\\Q(.*?)(?:\\E|$)/);
    if (quoted) return quoted[1]!.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    if (this.#text[this.#at] === '(') return this.#group();
    if (this.#text[this.#at] === '[') return this.#class();
    if (this.#text[this.#at] === '\\') return this.#escape(false);
    const repeat = this.#take(/\{(\d+)(?:,(\d*))?\}\??/);
    if (repeat)
      return Number(repeat[1]) > 1000 || Number(repeat[2] || 0) > 1000 ? refuse(`bad repetition operator: ${repeat[0]}`) : repeat[0];
    const [letter] = this.#take(/./)!;
    return '{}]/'.includes(letter) ? `\\${letter}` : letter;
  }

  #group(): string {
    const named = this.#take(/\(\?P?<(\w+)>/);
    const flags = named ? undefined : this.#take(/\(\?([imsU]*(?:-[imsU]+)?):/);
    if (!named && !flags && this.#take(/\(\?/)) refuse(`invalid perl operator: ${this.#text.slice(this.#at - 2, this.#at + 1)}`);
    if (!named && !flags) this.#take(/\(/);
    if (!flags) this.#groups++;
    const inner = this.#alternatives();
    if (!this.#take(/\)/)) refuse(`missing ): ${this.#text}`);
    if (named) return `(?<${named[1]}>${inner})`;
    return flags ? `(?${this.#flags(flags[1]!)}:${inner})` : `(${inner})`;
  }

  #class(): string {
    let source = this.#take(/\[\^?/)![0];
    let isFirst = true;
    while (isFirst || this.#text[this.#at] !== ']') {
      if (this.#at >= this.#text.length) refuse(`missing ]: ${this.#text}`);
      source += this.#classItem();
      isFirst = false;
    }
    this.#at++;
    return `${source}]`;
  }

  #classItem(): string {
    const posix = this.#take(/\[:(\^?)(\w+):\]/);
    if (posix) {
      const set = POSIX[posix[2]!] ?? refuse(`invalid character class range: ${posix[0]}`);
      return posix[1] ? `[^${set}]` : set;
    }
    if (this.#text[this.#at] === '\\') return this.#escape(true);
    if (this.#take(/-(?!\])/)) return this.#text[this.#at - 2] === '[' || this.#text[this.#at - 2] === '^' ? '\\-' : '-';
    const [letter] = this.#take(/./)!;
    return /[()[\]{}/\-\\|&!#$%*+,.:;<=>?@^`~]/.test(letter) ? `\\${letter}` : letter;
  }

  #escape(isInClass: boolean): string {
    const property = this.#take(/\\([pP])(?:\{(\^?)(\w+)\}|(\w))/);
    if (property) {
      const [, letter, caret, long, short] = property;
      const name = long ?? short!;
      const isNegated = (letter === 'P') !== (caret === '^');
      return `\\${isNegated ? 'P' : 'p'}{${CATEGORY.test(name) ? name : `Script=${name}`}}`;
    }
    const code = this.#take(/\\x\{([0-9a-fA-F]{1,6})\}/) ?? this.#take(/\\x([0-9a-fA-F]{2})/);
    if (code) return `\\u{${code[1]}}`;
    const octal = this.#take(/\\(0[0-7]{0,2}|[1-7][0-7]{2})/);
    if (octal) return `\\u{${Number.parseInt(octal[1]!, 8).toString(16)}}`;
    const escaped = this.#take(/\\(.)/)?.[1] ?? refuse('trailing \\ at end of regular expression');
    if (escaped in CLASSES) return CLASSES[escaped]!;
    if (!isInClass && 'AzCbB'.includes(escaped)) return { A: '(?<![^])', z: '(?![^])', C: '[^]' }[escaped] ?? `\\${escaped}`;
    if (escaped === 'a') return '\\x07';
    if ('dDwWtnrfv'.includes(escaped)) return `\\${escaped}`;
    if (/[A-Za-z0-9]/.test(escaped)) refuse(`invalid escape sequence: \\${escaped}`);
    return /[()[\]{}/\-\\|^$*+?.&!#%,:;<=>@`~]/.test(escaped)
      ? isInClass || /[()[\]{}/\\|^$*+?.-]/.test(escaped)
        ? `\\${escaped}`
        : escaped
      : escaped;
  }
}

/** JavaScript's text (flags `v`) of an RE2 pattern. Throws with RE2's reason. */
export function translateRe2(pattern: string): Re2Pattern {
  try {
    return new Re2Reader(pattern).pattern();
  } catch (error) {
    if (error instanceof Refusal) throw new Error(`Cannot parse regular expression: ${error.message}`);
    throw error;
  }
}
