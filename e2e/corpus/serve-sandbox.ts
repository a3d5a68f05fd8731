// A sandbox in a process of its own, so that a statement that blocks it can be survived. Prints its address.
import { createSandbox } from '../../shared/sandbox/create-sandbox.ts';

const sandbox = await createSandbox();
console.log(await sandbox.listen({ host: '127.0.0.1', port: 0 }));
