import { holds, liftedHold, placedHold } from '../../admin/lifecycle-schemas.ts';
import { requireConfig } from '../require-config.ts';
import { askLifecycle } from './ask-lifecycle.ts';
import { toInstant } from './to-instant.ts';

export type PlaceOptions = {
  readonly config: string;
  readonly by: string;
  readonly reason?: string;
  readonly session?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly connection?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
};

export async function placeHold(name: string, options: PlaceOptions): Promise<void> {
  const { by, reason } = options;
  const body = { name, by, reason, scope: toScope(options) };
  const placed = placedHold.parse(await askLifecycle(await requireConfig(options.config), 'holds', 'POST', body));
  if (options.json) return console.log(JSON.stringify(placed, undefined, 2));
  console.log(
    [
      `Hold "${name}" stands: ${placed.hold.covers}`,
      `${placed.recordings} sealed recordings are held now; what it covers later is held when it is sealed.`,
      `receipt   ${placed.receipt}`,
    ].join('\n'),
  );
}

function toScope({ session, issuer, subject, connection, from, to }: PlaceOptions): object {
  if ((issuer === undefined) !== (subject === undefined))
    throw new Error('A principal is --issuer and --subject together, as in its token ("iss", "sub").');
  if ([session, subject, connection, from, to].every((each) => each === undefined))
    throw new Error('Say what the hold covers: --session, --issuer with --subject, --connection, --from, --to. Several narrow it down.');
  return {
    ...(session === undefined ? {} : { session }),
    ...(subject === undefined ? {} : { principal: { issuer, subject } }),
    ...(connection === undefined ? {} : { connection }),
    ...(from === undefined ? {} : { from: toInstant('--from', from).toISOString() }),
    ...(to === undefined ? {} : { to: toInstant('--to', to).toISOString() }),
  };
}

export async function liftHold(
  name: string,
  options: { readonly config: string; readonly by: string; readonly reason?: string; readonly json?: boolean },
): Promise<void> {
  const { by, reason } = options;
  const lifted = liftedHold.parse(
    await askLifecycle(await requireConfig(options.config), `holds/${encodeURIComponent(name)}/lift`, 'POST', { by, reason }),
  );
  if (options.json) return console.log(JSON.stringify(lifted, undefined, 2));
  console.log([`Hold "${lifted.hold.name}" is lifted; ${lifted.released} recordings are free.`, `receipt   ${lifted.receipt}`].join('\n'));
}

export async function listHolds(options: { readonly config: string; readonly json?: boolean }): Promise<void> {
  const found = holds.parse(await askLifecycle(await requireConfig(options.config), 'holds', 'GET'));
  if (options.json) console.log(JSON.stringify(found.holds, undefined, 2));
  else if (found.holds.length === 0) console.log('No hold stands.');
  for (const each of options.json ? [] : found.holds)
    console.log(
      `${each.name}  since ${each.placedAt} by ${each.by}${each.reason === undefined ? '' : ` (${each.reason})`}: ${each.covers}; ${each.recordings} recordings`,
    );
}
