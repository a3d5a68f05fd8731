import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Tip } from './tip.tsx';

type Kind = 'primary' | 'plain' | 'ghost' | 'danger';

const LOOKS: Record<Kind, string> = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  plain: 'bg-surface text-fg border-line-strong hover:bg-hover',
  ghost: 'bg-transparent text-muted border-transparent hover:bg-hover hover:text-fg',
  danger: 'bg-surface text-broken border-line-strong hover:bg-broken-soft',
};

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly kind?: Kind;
  readonly icon?: LucideIcon;
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
};

export function Button({ kind = 'plain', icon: Icon, children, className, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={clsx(
        'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border px-2.5 text-sm font-medium whitespace-nowrap disabled:opacity-50',
        LOOKS[kind],
        className,
      )}
    >
      {Icon === undefined ? null : <Icon size={14} aria-hidden />}
      {children}
    </button>
  );
}

type IconProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly keys?: string;
  readonly ref?: Ref<HTMLButtonElement>;
};

/** A button that is only a picture; its label is read out and shown as a tip. */
export function IconButton({ icon: Icon, label, keys, className, ...rest }: IconProps) {
  return (
    <Tip text={label} {...(keys === undefined ? {} : { keys })}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={clsx(
          'text-muted hover:bg-hover hover:text-fg aria-pressed:bg-selected aria-pressed:text-fg inline-flex size-7 shrink-0 items-center justify-center rounded-md disabled:opacity-40',
          className,
        )}
      >
        <Icon size={15} aria-hidden />
      </button>
    </Tip>
  );
}
