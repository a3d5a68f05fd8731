import { Ban, Check, Hourglass, type LucideIcon, TriangleAlert } from 'lucide-react';

const LOOKS: Readonly<Record<string, { readonly icon: LucideIcon; readonly word: string; readonly ink: string }>> = {
  allow: { icon: Check, word: 'allow', ink: 'text-answered' },
  deny: { icon: Ban, word: 'deny', ink: 'text-refused' },
  ask: { icon: Hourglass, word: 'ask', ink: 'text-transport-failed' },
  error: { icon: TriangleAlert, word: 'error', ink: 'text-upstream-error' },
};

/** What policy said. */
export function EffectMark({ effect }: { readonly effect: string }) {
  const { icon: Icon, word, ink } = LOOKS[effect] ?? { icon: TriangleAlert, word: effect, ink: 'text-muted' };
  return (
    <span className={`inline-flex items-center gap-1.5 align-bottom leading-[inherit] whitespace-nowrap ${ink}`}>
      <Icon size={13} aria-hidden />
      {word}
    </span>
  );
}
