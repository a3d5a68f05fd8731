import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { '': 1, kb: 1_000, mb: 1_000_000, gb: 1_000_000_000, tb: 1_000_000_000_000 };

/** `all`, `none`, or up to how many bytes of recorded answers their rows come along: `500MB`. */
export function parseRowBytes(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (text === 'none') return 0;
  const [, digits = '', unit = ''] = /^(\d{1,15})\s*([kmgt]b)?$/i.exec(text) ?? [];
  if (digits === '') throw new InvalidArgumentError("Write 'all', 'none', or a size such as 500MB or 2GB.");
  return Number(digits) * units[unit.toLowerCase()]!;
}
