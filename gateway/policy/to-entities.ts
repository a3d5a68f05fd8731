import type { EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { Principal, Resource } from '../exchange.ts';

export type PrincipalEntity = {
  readonly uid: TypeAndId;
  readonly entity: EntityJson /** All that a decision may depend on. */;
  readonly key: string;
};

const remembered = new WeakMap<Principal, PrincipalEntity>();

export const toUid = (type: string, id: string): TypeAndId => ({ type, id });

export function toPrincipalEntity(principal: Principal): PrincipalEntity {
  const known = remembered.get(principal);
  if (known !== undefined) return known;
  const built = build(principal);
  remembered.set(principal, built);
  return built;
}

function build({ kind, issuer, subject, email, name, groups, actChain }: Principal): PrincipalEntity {
  const uid = toUid(kind === 'agent' ? 'Agent' : 'Person', `${issuer}|${subject}`);
  const attrs = {
    issuer,
    subject,
    groups: [...groups],
    actors: [...actChain],
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
  };
  return { uid, entity: { uid, attrs, parents: groups.map((group) => toUid('Group', group)) }, key: JSON.stringify([uid, attrs]) };
}

const depths = { Project: 1, Dataset: 2, Table: 3, Routine: 3, Column: 4 } as const;
const typesByDepth = ['Project', 'Dataset', 'Table', 'Column'] as const;

/** The resource with all it lies in. */
export function toResourceEntities({ type, id }: Resource): EntityJson[] {
  const parts = splitPath(id);
  const entities: EntityJson[] = [];
  for (let depth = 1; depth <= depths[type]; depth++) {
    const own = depth === depths[type];
    const parents = depth === 1 ? [] : [toUid(typesByDepth[depth - 2]!, parts.slice(0, depth - 1).join('.'))];
    entities.push({ uid: toUid(own ? type : typesByDepth[depth - 1]!, own ? id : parts.slice(0, depth).join('.')), attrs: {}, parents });
  }
  return entities;
}

/** `example.com:project.dataset.table`: the dots of a legacy project's domain separate nothing. */
function splitPath(id: string): string[] {
  const colon = id.indexOf(':');
  const domain = colon < 0 ? '' : id.slice(0, colon + 1);
  const parts = id.slice(domain.length).split('.');
  return [domain + parts[0]!, ...parts.slice(1)];
}
