import { resolve } from 'node:path';

/** The files a person chose in a dialog, dropped on the window or named on the command line: the only ones the screens may name. */
export type FileGrants = {
  grant(paths: readonly string[]): string[];
  /** The first path in a call's input that nobody granted. */
  findUngranted(input: unknown): string | undefined;
};

export function createFileGrants(): FileGrants {
  const granted = new Set<string>();
  return {
    grant: (paths) =>
      paths.map((path) => {
        granted.add(resolve(path));
        return resolve(path);
      }),
    findUngranted: (input) => pathsOf(input).find((path) => !granted.has(path)),
  };
}

function pathsOf(input: unknown): string[] {
  const { path, paths } = (input ?? {}) as { path?: unknown; paths?: unknown };
  const named = [...(path === undefined ? [] : [path]), ...(Array.isArray(paths) ? paths : [])];
  return named.map((each) => (typeof each === 'string' ? resolve(each) : ''));
}
