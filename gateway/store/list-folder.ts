import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isObjectFile } from './folder-facts.ts';
import { compareNames, isObjectName } from './object-name.ts';

/** Names of the files below `root` that begin with `prefix`, in order of the whole names: `a-b` before `a/b`, since `-` comes before `/`. */
export async function* listFolder(root: string, prefix: string): AsyncGenerator<string> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  yield* walk(root, folder, prefix);
}

async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<string> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const names = entries
    .filter((each) => isObjectFile(each.name) && isObjectName(each.name))
    .map((each) => `${folder}${each.name}${each.isDirectory() ? '/' : ''}`)
    .filter((name) => name.startsWith(prefix) || (name.endsWith('/') && prefix.startsWith(name)))
    .sort(compareNames);
  for (const name of names) {
    if (name.endsWith('/')) yield* walk(root, name, prefix);
    else yield name;
  }
}
