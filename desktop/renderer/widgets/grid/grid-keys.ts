/** Where the row cursor goes for a key, or undefined when the key is not about moving. */
export function moveCursor(key: string, cursor: number, total: number, pageRows: number): number | undefined {
  const end = Math.max(0, total - 1);
  const page = Math.max(1, pageRows - 1);
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(end, cursor + 1);
    case 'ArrowUp':
    case 'k':
      return Math.max(0, cursor - 1);
    case 'PageDown':
      return Math.min(end, cursor + page);
    case 'PageUp':
      return Math.max(0, cursor - page);
    case 'Home':
      return 0;
    case 'End':
      return end;
    default:
      return undefined;
  }
}
