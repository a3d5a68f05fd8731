import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';

export const copyText = (text: string): Promise<void> => navigator.clipboard.writeText(text);

export function CopyButton({ text, label, className }: { readonly text: string; readonly label: string; readonly className?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      icon={copied ? Check : Copy}
      label={copied ? 'Copied' : label}
      {...(className === undefined ? {} : { className })}
      onClick={() => void copyText(text).then(() => setCopied(true))}
    />
  );
}
