// A process of its own for memory tests: an upstream that pours bytes, and a client that drinks them.
// `node pour.ts BYTES [chunked]` prints its address; each line "URL TOKEN" on stdin is fetched, and what came is printed as JSON.
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { pourBytes } from './pour-bytes.ts';

const total = Number(process.argv[2]);
const isChunked = process.argv[3] === 'chunked';
let begunAt = 0;

const server = createServer((_request, response) => {
  begunAt = performance.now();
  response.writeHead(200, { 'content-type': 'application/json', ...(isChunked ? {} : { 'content-length': total }) });
  pourBytes(response, total);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [url, token] = line.split(' ') as [string, string];
    get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      let length = 0;
      let firstByteMs = 0;
      response.on('data', (chunk: Buffer) => {
        if (length === 0) firstByteMs = performance.now() - begunAt;
        length += chunk.length;
      });
      response.on('close', () =>
        console.log(
          JSON.stringify({
            status: response.statusCode,
            length,
            complete: response.complete,
            firstByteMs,
            lastByteMs: performance.now() - begunAt,
          }),
        ),
      );
    });
  })
  .on('close', () => process.exit(0));
