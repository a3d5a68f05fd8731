// Starts the gateway of a configuration, and tells what that took: packages that were loaded, threads that were begun. `start-plain.ts CONFIG`.
import { watchPackages } from './watch-packages.ts';

const packages = watchPackages();
let threads = 0;
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
