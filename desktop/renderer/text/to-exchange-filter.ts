/** What a person types to find an exchange: its number (`17`, `#17`), or a piece of its text. */
export function toExchangeFilter(text: string): string {
  const wanted = text.trim();
  const number = /^#?(\d{1,9})$/.exec(wanted)?.[1];
  if (number !== undefined) return `number:${number}`;
  return wanted === '' ? '' : `text:"${wanted.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
