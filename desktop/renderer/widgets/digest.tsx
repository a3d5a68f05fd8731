import { shortenDigest } from '../text/format.ts';
import { CopyButton } from './copy-button.tsx';
import { Tip } from './tip.tsx';

/** A hash or fingerprint: short, whole in the tip, copied whole. */
export function Digest({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <Tip text={<code className="break-all">{value}</code>}>
        <code className="truncate text-xs">{shortenDigest(value)}</code>
      </Tip>
      <CopyButton text={value} label={`Copy ${label}`} className="size-5" />
    </span>
  );
}
