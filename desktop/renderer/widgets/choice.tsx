import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';

type Props<Value extends string> = {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
};

/** One of a few, side by side. */
export function Choice<Value extends string>({ label, value, options, onChange }: Props<Value>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className="bg-sunken flex h-7 items-center gap-0.5 rounded-md p-0.5"
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          className="text-muted hover:text-fg data-checked:bg-surface data-checked:text-fg flex h-6 cursor-pointer items-center rounded px-2 text-xs font-medium data-checked:shadow-sm"
        >
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
