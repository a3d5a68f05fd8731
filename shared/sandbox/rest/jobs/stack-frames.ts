/** Where in its script a statement stands, as `scriptStatistics` tells it. Lines and columns count from 1. */
export type StackFrame = {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
};

/** Finds statements in the order they ran: each is looked for behind the one before it, and, as loops go back, from the beginning. */
export function createFrameFinder(script: string): (statement: string) => StackFrame {
  let from = 0;
  return (text) => {
    const behind = script.indexOf(text, from);
    const start = Math.max(0, behind >= 0 ? behind : script.indexOf(text));
    from = start + text.length;
    return { ...toPlace(script, start, 'start'), ...toPlace(script, from, 'end'), text } as StackFrame;
  };
}

function toPlace(script: string, offset: number, side: 'start' | 'end'): Record<string, number> {
  const before = script.slice(0, offset);
  const line = before.split('\n').length;
  return { [`${side}Line`]: line, [`${side}Column`]: offset - before.lastIndexOf('\n') };
}
