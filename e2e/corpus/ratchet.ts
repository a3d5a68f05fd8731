import { readFile, writeFile } from 'node:fs/promises';

/** Ids of cases that have passed and must go on passing. In the file they are grouped, `{"source:file": ["line", …]}`, so that a diff stays short. */
export type Ratchet = ReadonlySet<string>;

export async function readRatchet(path: string): Promise<Ratchet> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const groups = JSON.parse(text) as Readonly<Record<string, readonly string[]>>;
  return new Set(Object.entries(groups).flatMap(([group, names]) => names.map((name) => `${group}:${name}`)));
}

export async function writeRatchet(path: string, ids: Ratchet): Promise<void> {
  const groups = Map.groupBy([...ids].sort(compareIds), (id) => id.slice(0, id.lastIndexOf(':')));
  const lines = [...groups].map(([group, members]) => {
    const names = members.map((id) => id.slice(id.lastIndexOf(':') + 1));
    return `${JSON.stringify(group)}: ${JSON.stringify(names)}`;
  });
  await writeFile(path, `{\n${lines.join(',\n')}\n}\n`);
}

const compareIds = (left: string, right: string): number => left.localeCompare(right, 'en', { numeric: true });
