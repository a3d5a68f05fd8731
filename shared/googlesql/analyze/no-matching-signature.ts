import type { ArgumentShape } from '../functions/resolve-overload.ts';
import type { ScalarSignature } from '../functions/signature.ts';
import type { SqlError } from '../sql-error.ts';
import type { Node } from '../syntax/ast.ts';
import { typeText } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { OPERATOR_TEXTS } from './operator-texts.ts';

export function noMatchingSignature(
  name: string,
  signatures: readonly ScalarSignature[],
  args: readonly ArgumentShape[],
  node: Node,
  analysis: Analysis,
): SqlError {
  const operator = OPERATOR_TEXTS[name];
  const what = operator ? `operator ${operator}` : `function ${name === '$count_star' ? 'COUNT' : name}`;
  const types = args.map(argumentText).join(', ');
  const supported = signatures.map((s) => `\n  Signature: ${s.text.replaceAll('$', '')}`).join('');
  return analysis.error(node, `No matching signature for ${what}\n  Argument types: ${types}${supported}`);
}

function argumentText(argument: ArgumentShape): string {
  if (!argument) return 'DEFAULT';
  if (argument.kind === 'lambda') return 'LAMBDA';
  if (argument.kind === 'keyword') return 'DATE_TIME_PART';
  if (argument.typing === 'untyped') return argument.type.kind === 'ARRAY' ? 'ARRAY<>' : 'NULL';
  return typeText(argument.type);
}
