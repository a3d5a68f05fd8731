import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusedTarget } from './refuse-network.ts';

/** Runs a script in a process whose network is shut; what it prints. */
function runShut(script: string): string {
  const guard = join(import.meta.dirname, 'refuse-network.ts');
  const source = `import { refuseNetwork } from ${JSON.stringify(guard)}; refuseNetwork();
    const tell = (error) => console.log(error?.cause?.name ?? error?.name, error?.cause?.message ?? error?.message ?? error);
    ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', source], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return `${stdout}${stderr}`.trim();
}

describe('a replay process', () => {
  it.each([
    ['fetch by address', `await fetch('http://192.0.2.1/').catch(tell)`, 'NetworkRefused Replay refused to connect to 192.0.2.1:80'],
    [
      'fetch by name',
      `await fetch('https://bigquery.googleapis.com/').catch(tell)`,
      'NetworkRefused Replay refused to connect to bigquery.googleapis.com:443',
    ],
    [
      'http',
      `(await import('node:http')).get('http://example.com/').on('error', tell)`,
      'NetworkRefused Replay refused to connect to example.com:80',
    ],
    [
      'tls',
      `(await import('node:tls')).connect(443, 'example.com').on('error', tell)`,
      'NetworkRefused Replay refused to connect to example.com:443',
    ],
    [
      'a bare socket',
      `(await import('node:net')).connect({ host: '10.0.0.1', port: 1 }).on('error', tell)`,
      'NetworkRefused Replay refused to connect to 10.0.0.1:1',
    ],
    [
      'an IPv6 address',
      `(await import('node:net')).connect(80, '2001:db8::1').on('error', tell)`,
      'NetworkRefused Replay refused to connect to 2001:db8::1:80',
    ],
    [
      'a unix socket',
      `(await import('node:net')).connect('/var/run/docker.sock').on('error', tell)`,
      'NetworkRefused Replay refused to connect to the socket /var/run/docker.sock',
    ],
    ['a name look-up', `(await import('node:dns')).lookup('example.com', tell)`, 'NetworkRefused Replay refused to connect to example.com'],
    [
      'a promised look-up',
      `await (await import('node:dns/promises')).lookup('example.com').catch(tell)`,
      'NetworkRefused Replay refused to connect to example.com',
    ],
    [
      'a DNS query',
      `try { (await import('node:dns')).resolve4('example.com', () => {}) } catch (error) { tell(error) }`,
      'NetworkRefused Replay refused to connect to example.com',
    ],
    [
      'a datagram',
      `try { (await import('node:dgram')).createSocket('udp4').send('x', 53, '192.0.2.1') } catch (error) { tell(error) }`,
      'NetworkRefused Replay refused to connect to a datagram address',
    ],
    [
      'taking the guard away',
      `try { (await import('node:net')).Socket.prototype.connect = () => {} } catch (error) { tell(error) }`,
      'TypeError Cannot assign to read only property',
    ],
  ])('refuses %s', (_, script, expected) => expect(runShut(script)).toContain(expected));

  it('reaches loopback', () => {
    const probe = `const { createServer } = await import('node:http');
      const own = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1', async () => {
        console.log(await (await fetch('http://127.0.0.1:' + own.address().port)).text());
        console.log(await (await fetch('http://localhost:' + own.address().port)).text());
        own.close();
      });`;
    expect(runShut(probe)).toBe('hello\nhello');
  });
});

describe('refusedTarget', () => {
  it.each([
    [{ host: '127.0.0.1', port: 1 }, undefined],
    [{ host: '127.8.9.10', port: 1 }, undefined],
    [{ host: '::1', port: 1 }, undefined],
    [{ port: 1 }, undefined],
    [{ host: '127.0.0.1.example.com', port: 1 }, '127.0.0.1.example.com:1'],
    [{ host: '0.0.0.0', port: 1 }, '0.0.0.0:1'],
    [{ host: '169.254.169.254', port: 80 }, '169.254.169.254:80'],
  ])('%j → %s', (options, expected) => expect(refusedTarget(options)).toBe(expected));
});
