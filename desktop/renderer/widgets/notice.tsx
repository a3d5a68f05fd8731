import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, CircleX, Info, type LucideIcon, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EngineFailure } from '../../../shared/contract/failure.ts';
import { toVisibleText } from '../text/visible-text.ts';
import { Button } from './button.tsx';

type Tone = 'sound' | 'caution' | 'broken' | 'info';

const LOOKS: Record<Tone, { readonly icon: LucideIcon; readonly box: string; readonly ink: string }> = {
  sound: { icon: CircleCheck, box: 'bg-sound-soft border-sound/40', ink: 'text-sound' },
  caution: { icon: CircleAlert, box: 'bg-caution-soft border-caution/40', ink: 'text-caution' },
  broken: { icon: CircleX, box: 'bg-broken-soft border-broken/40', ink: 'text-broken' },
  info: { icon: Info, box: 'bg-sunken border-line', ink: 'text-muted' },
};

type Props = {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string;
};

/** A statement about the whole screen or section, in a box of its tone. */
export function Notice({ tone, title, children, action, className }: Props) {
  const { icon: Icon, box, ink } = LOOKS[tone];
  return (
    <div role={tone === 'broken' ? 'alert' : 'status'} className={clsx('flex gap-2.5 rounded-lg border px-3 py-2', box, className)}>
      <Icon size={16} className={clsx('mt-0.5 shrink-0', ink)} aria-hidden />
      <div className="min-w-0 flex-1">
        <div className="font-medium">{title}</div>
        {children === undefined ? null : <div className="text-muted mt-0.5 text-sm break-words">{children}</div>}
      </div>
      {action}
    </div>
  );
}

/** A failure of the engine: what happened, what can be done, and its stable code for whoever asks. */
export function FailureNotice({
  failure,
  retry,
  className,
}: {
  readonly failure: EngineFailure;
  readonly retry?: () => void;
  readonly className?: string;
}) {
  return (
    <Notice
      tone="broken"
      title={toVisibleText(failure.message)}
      {...(className === undefined ? {} : { className })}
      action={
        retry === undefined ? undefined : (
          <Button icon={RotateCw} onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      {failure.remedy === undefined ? null : <p>{toVisibleText(failure.remedy)}</p>}
      <code className="text-faint text-2xs">{failure.code}</code>
    </Notice>
  );
}
