// Runs the compiler over every layer; each has its own tsconfig, so that the renderer cannot see Node nor the gateway the DOM.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const layers =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['shared', 'shared/contract', 'gateway', 'desktop/engine', 'desktop/main', 'desktop/renderer', 'e2e'];

const check = (layer) =>
  new Promise((resolve) => {
    const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
    const child = spawn(process.execPath, [tsc, '-p', layer, '--pretty', 'false'], { cwd: root });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('close', (code) => resolve({ layer, output, code }));
  });

let failed = 0;
for (const layer of layers.filter((each) => existsSync(join(root, each, 'tsconfig.json')))) {
  const { output, code } = await check(layer);
  if (code === 0) console.log(`types ok: ${layer}`);
  else {
    failed++;
    console.error(`types failed: ${layer}\n${output}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
