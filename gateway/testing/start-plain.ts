// Starts the gateway of a configuration, and tells what that took: packages that were loaded, threads that were begun. `start-plain.ts CONFIG`.
import { registerHooks } from 'node:module';

const packages = new Set<string>();
let threads = 0;
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(resolved.url)?.[1];
    if (name !== undefined) packages.add(name);
    return resolved;
  },
});
process.on('worker', () => {
  threads += 1;
});

const { startGateway } = await import('../main.ts');
const gateway = await startGateway(process.argv[2]!);
// The first look after the past of the data directory is a second after the start.
await new Promise((resolve) => setTimeout(resolve, 1_500));
console.log(JSON.stringify({ packages: [...packages].sort(), threads }));
await gateway.close();
process.exit(0);
