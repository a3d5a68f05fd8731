import type { StatementFacts, Touches } from '../../shared/googlesql/describe-script.ts';
import type { Wish } from '../exchange.ts';

/** Doors that are closed until their own action is granted on the project of the job. */
const doors: readonly (readonly [action: string, isTouched: (touches: Touches, statementType: string) => boolean])[] = [
  ['externalQuery', (touches) => touches.externalQuery],
  ['javascript', (touches) => touches.javascript],
  ['python', (touches) => touches.foreignCode],
  ['remoteFunction', (touches) => touches.remoteFunction],
  ['executeImmediate', (touches, type) => touches.dynamicSql || touches.dynamicDefaults || type === 'EXECUTE_IMMEDIATE'],
  ['admin', (touches, type) => touches.dcl || touches.systemProcedures.length > 0 || type === 'GRANT' || type === 'REVOKE'],
  ['export', (_, type) => type.startsWith('EXPORT_')],
  ['load', (_, type) => type === 'LOAD_DATA'],
  // A connection that is neither asked as a foreign database nor called as a function is read as files in place.
  [
    'externalTable',
    ({ connections, externalQuery, remoteFunction }, type) =>
      connections.length > 0 && !externalQuery && !remoteFunction && !type.startsWith('EXPORT_'),
  ],
];

export const wishesOfTouches = ({ touches, statementType }: StatementFacts, jobProject: string): Wish[] =>
  doors.flatMap(([action, isTouched]) =>
    isTouched(touches, statementType) ? [{ action, resource: { type: 'Project', id: jobProject } }] : [],
  );
