// A gateway in a process of its own, for tests that kill it: `node run-gateway.ts CONFIG` prints its address as JSON.
import { startGateway } from '../main.ts';

console.log = () => undefined;
const { url, adminUrl } = await startGateway(String(process.argv[2]));
process.stdout.write(`${JSON.stringify({ url, adminUrl })}\n`);
