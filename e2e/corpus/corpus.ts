// `npm run corpus -- NAME`: statements that nobody here wrote.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const corpora: Readonly<Record<string, string>> = { sql: 'sql.ts', parse: 'parse.ts', fuzz: 'fuzz-sql.ts' };

const [name = '', ...args] = process.argv.slice(2);
const file = corpora[name];
if (file === undefined) {
  console.error(`Which one? npm run corpus -- ${Object.keys(corpora).join(' | ')}`);
  process.exit(2);
}
process.exitCode = spawnSync(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: 'inherit' }).status ?? 1;
