import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** What a replay process answers to any attempt to reach beyond this machine. */
class NetworkRefused extends Error {
  readonly code = 'ENETREFUSED';

  constructor(target: string) {
    super(`Replay refused to connect to ${target}: it never leaves this machine.`);
    this.name = 'NetworkRefused';
  }
}

type ConnectOptions = { readonly host?: string; readonly port?: number | string; readonly path?: string };

/**
 * Shuts the network of this process but for TCP to the loopback addresses. Every socket of Node (http, https, tls, undici, fetch) passes through
 * `Socket.prototype.connect`; name look-ups and datagrams are refused whole. Call it before anything else is loaded; it cannot be undone.
 */
export function refuseNetwork(): void {
  const connect = net.Socket.prototype.connect as (this: net.Socket, ...args: unknown[]) => net.Socket;
  define(net.Socket.prototype, 'connect', function (this: net.Socket, ...args: unknown[]): net.Socket {
    const refused = refusedTarget(toConnectOptions(args));
    if (refused === undefined) return connect.apply(this, args);
    process.nextTick(() => this.destroy(new NetworkRefused(refused)));
    return this;
  });
  define(dgram.Socket.prototype, 'bind', refuseDatagram);
  define(dgram.Socket.prototype, 'send', refuseDatagram);
  define(dgram.Socket.prototype, 'connect', refuseDatagram);
  refuseLookups();
  // Modules that import these functions by name see the guarded ones too.
  syncBuiltinESMExports();
}

/** Node passes its normalised arguments as one array in the first place. */
function toConnectOptions(args: readonly unknown[]): ConnectOptions {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as readonly unknown[];
  if (typeof first === 'object' && first !== null) return first as ConnectOptions;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return { port: first as number, ...(typeof second === 'string' ? { host: second } : {}) };
}

/** The target when it is not on loopback. A name is refused even if it might resolve to this machine, but for `localhost`. */
export function refusedTarget({ host = 'localhost', port, path }: ConnectOptions): string | undefined {
  if (path !== undefined && path !== null) return `the socket ${path}`;
  return isLoopback(host) ? undefined : `${host}:${port}`;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

function refuseDatagram(): never {
  throw new NetworkRefused('a datagram address');
}

function refuseLookups(): void {
  const lookup = dns.lookup as unknown as (...args: unknown[]) => void;
  const guarded = (name: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1);
    if (isLoopback(name)) lookup(name, ...rest);
    else if (typeof callback === 'function') process.nextTick(() => callback(new NetworkRefused(name)));
  };
  define(dns, 'lookup', guarded);
  define(dns.promises, 'lookup', async (name: string) => Promise.reject(new NetworkRefused(name)));
  for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype] as object[]) {
    for (const name of Object.getOwnPropertyNames(resolver).filter((each) => /^(resolve|reverse)/.test(each)))
      define(resolver, name, refuseResolve);
  }
}

function refuseResolve(name: unknown): never {
  throw new NetworkRefused(String(name));
}

const define = (owner: object, name: string, value: unknown): void => {
  Object.defineProperty(owner, name, { value, writable: false, configurable: false });
};
