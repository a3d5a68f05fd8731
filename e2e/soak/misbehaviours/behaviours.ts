// Twenty-five ways in which an answer goes wrong on the wire, and what must come of each.
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { badChunkSizes, badHeaders, badStatusLines, encodings, redirects } from './bad-texts.ts';
import { type Behaviour, type Cell, cutOf, departures, digestOf, keyOf, OFFSETS } from './cell.ts';
import { closed, cut, malformed, refused, shorter, silent, whole } from './expectations.ts';
import { pourCopies, prefixOfCopies } from './pour-copies.ts';
import { spoilTls } from './tls-relay.ts';
import { untilRead } from './until-read.ts';

const SETTLE_MS = 250;
/** A client that left must have been noticed by then. */
const LONGEST_LEAVE_MS = 10_000;
const HUGE_BYTES = 500_000_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const head = (status: string, ...fields: readonly string[]): string =>
  [`HTTP/1.1 ${status}`, 'content-type: application/json; charset=UTF-8', ...fields, '', ''].join('\r\n');
const length = (bytes: number): string => `content-length: ${bytes}`;
const chunked = 'transfer-encoding: chunked';
const asChunk = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const upTo = (cell: Cell): Buffer => cell.body.subarray(0, cutOf(cell));
const textOf = (cell: Cell): string => cell.body.toString('latin1');

async function reset(socket: Socket): Promise<void> {
  await untilRead(socket);
  socket.resetAndDestroy();
}

const lengthsTwice = ({ offset, body }: Cell): readonly string[] =>
  offset % 2 === 0 ? [length(body.length), length(body.length)] : [length(body.length), length(body.length - offset)];
/** An answer that is whole by HTTP's rules, and spoilt inside. */
const spoilt = (cell: Cell): Buffer => {
  const bytes = gzipSync(cell.body);
  const at = 20 + Math.floor(((bytes.length - 29) * cell.offset) / OFFSETS);
  bytes[at] = bytes[at]! ^ 0x55;
  return bytes;
};
const halfGzip = (cell: Cell): Buffer => {
  const bytes = gzipSync(cell.body);
  return bytes.subarray(0, 1 + Math.floor(((bytes.length - 2) * cell.offset) / OFFSETS));
};
const floodOf = ({ offset }: Cell): string[] => Array.from({ length: offset + 1 }, (_, index) => `x-flood-${index}: ${'f'.repeat(1_500)}`);
/** Undici's limit of 16 KiB. */
const fitsHeaders = ({ offset }: Cell): boolean => offset < 10;
/** 1, 3, … bytes, up to all. */
const hugeCut = ({ offset }: Cell): number => (offset === OFFSETS - 1 ? HUGE_BYTES : Math.floor(HUGE_BYTES ** ((offset + 1) / OFFSETS)));

export const behaviours: readonly Behaviour[] = [
  {
    name: 'reset',
    act: (socket, cell) => {
      socket.write(head('200 OK', length(cell.body.length)));
      socket.write(upTo(cell));
      return reset(socket);
    },
    expect: (cell) => cut(cell, upTo(cell), closed),
  },
  {
    name: 'length-too-short',
    act: (socket, cell) => void socket.write(Buffer.concat([Buffer.from(head('200 OK', length(cutOf(cell)))), cell.body])),
    expect: (cell) => whole(cell, upTo(cell)),
  },
  {
    name: 'length-too-long',
    act: (socket, cell) => void socket.end(head('200 OK', length(cell.body.length + 1 + cell.offset * 50)) + textOf(cell)),
    expect: (cell) => cut(cell, cell.body, shorter),
  },
  {
    name: 'gzip-cut',
    act: (socket, cell) => {
      const bytes = halfGzip(cell);
      socket.write(head('200 OK', length(bytes.length), 'content-encoding: gzip'));
      socket.write(bytes);
    },
    expect: (cell) => whole(cell, halfGzip(cell), { encoding: 'gzip' }),
  },
  {
    name: 'gzip-corrupt',
    act: (socket, cell) => {
      const bytes = spoilt(cell);
      socket.write(head('200 OK', length(bytes.length), 'content-encoding: gzip'));
      socket.write(bytes);
    },
    expect: (cell) => whole(cell, spoilt(cell), { encoding: 'gzip' }),
  },
  {
    name: 'no-last-chunk',
    act: (socket, cell) => {
      socket.write(head('200 OK', chunked));
      if (cutOf(cell) > 0) socket.write(asChunk(upTo(cell)));
      socket.end();
    },
    expect: (cell) => cut(cell, upTo(cell), shorter),
  },
  {
    name: 'bad-chunk-size',
    act: (socket, cell) => {
      socket.write(head('200 OK', chunked));
      if (cutOf(cell) > 0) socket.write(asChunk(upTo(cell)));
      socket.write(`${badChunkSizes[cell.offset]}\r\n${'x'.repeat(5)}\r\n0\r\n\r\n`);
    },
    expect: (cell) => cut(cell, upTo(cell), malformed),
  },
  {
    name: 'huge',
    way: 'rows',
    size: 65_536,
    act: async (socket, cell) => {
      const bytes = hugeCut(cell);
      socket.write(head('200 OK', length(HUGE_BYTES)));
      await pourCopies(socket, cell.body, bytes);
      if (bytes < HUGE_BYTES) await reset(socket);
    },
    expect: (cell) => {
      const body = prefixOfCopies(cell.body, hugeCut(cell));
      return body.length === HUGE_BYTES ? { kind: 'whole', status: 200, body } : { kind: 'cut', body, reason: closed };
    },
  },
  {
    name: 'slow-drip',
    size: 2_000,
    act: async (socket, cell) => {
      socket.write(head('200 OK', length(cell.body.length)));
      for (let at = 0; at < cell.body.length; at += 100 + cell.offset * 10) {
        socket.write(cell.body.subarray(at, at + 100 + cell.offset * 10));
        await pause(40);
      }
    },
    expect: (cell) => whole(cell, cell.body),
  },
  {
    name: 'header-flood',
    act: (socket, cell) => void socket.write(head('200 OK', length(cell.body.length), ...floodOf(cell)) + textOf(cell)),
    expect: (cell) => (fitsHeaders(cell) ? whole(cell, cell.body) : refused('UPSTREAM_BROKE')),
  },
  {
    name: 'informational-flood',
    act: (socket, cell) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(1 + cell.offset * 10));
      socket.write(head('200 OK', length(cell.body.length)) + textOf(cell));
    },
    expect: (cell) => whole(cell, cell.body),
  },
  {
    name: 'two-answers',
    act: (socket, cell) => {
      const second = (head('200 OK', length(30)) + 'not yours'.padEnd(30)).slice(0, 1 + cell.offset * 10);
      socket.write(head('200 OK', length(cell.body.length)) + textOf(cell) + second);
    },
    expect: (cell) => whole(cell, cell.body),
  },
  {
    name: 'http-1-0-to-the-close',
    act: (socket, cell) => void socket.end(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${upTo(cell).toString('latin1')}`),
    expect: (cell) =>
      cell.way === 'rows' ? { kind: 'close-delimited', body: digestOf(upTo(cell)) } : refused('UPSTREAM_UNREADABLE', cutOf(cell)),
  },
  {
    name: 'to-the-close-reset',
    act: (socket, cell) => {
      socket.write(head('200 OK', 'connection: close'));
      socket.write(upTo(cell));
      return reset(socket);
    },
    expect: (cell) => cut(cell, upTo(cell), closed),
  },
  {
    name: 'answer-before-the-request-is-read',
    by: 'upload',
    act: async (socket, cell) => {
      socket.write(head('403 Forbidden', length(cell.body.length), 'connection: close') + textOf(cell));
      await pause(SETTLE_MS);
      socket.destroy();
    },
    expect: (cell) => ({ kind: 'whole', status: 403, body: digestOf(cell.body) }),
  },
  {
    name: 'no-content-with-content',
    act: (socket, cell) => void socket.write(head('204 No Content', length(cutOf(cell))) + upTo(cell).toString('latin1')),
    expect: () => ({ kind: 'whole', status: 204, body: digestOf(Buffer.alloc(0)) }),
    way: 'rows',
  },
  {
    name: 'tls-broken',
    by: 'tls',
    act: async (socket, cell) => {
      socket.write(head('200 OK', length(cell.body.length)));
      socket.write(upTo(cell));
      await pause(SETTLE_MS);
      spoilTls(socket);
    },
    expect: (cell) => cut(cell, upTo(cell), /^(the TLS connection broke|the connection was closed)/),
  },
  {
    name: 'redirect',
    act: (socket, cell) =>
      void socket.write(`${head(`${redirects[cell.offset]} Elsewhere`, 'location: https://attacker.example/', length(2))}{}`),
    expect: ({ way }) => refused('UPSTREAM_REDIRECT', way === 'list' ? 2 : 0),
  },
  {
    name: 'bad-status-line',
    act: (socket, cell) => void socket.end(`${badStatusLines[cell.offset]}\r\ncontent-length: 2\r\n\r\n{}`),
    expect: () => refused('UPSTREAM_BROKE'),
  },
  {
    name: 'bad-header',
    act: (socket, cell) => void socket.end(`${head('200 OK', badHeaders[cell.offset]!, length(2))}{}`),
    expect: () => refused('UPSTREAM_BROKE'),
  },
  {
    name: 'length-twice',
    act: (socket, cell) => void socket.write(head('200 OK', ...lengthsTwice(cell)) + textOf(cell)),
    expect: () => refused('UPSTREAM_BROKE'),
  },
  {
    name: 'unknown-encoding',
    act: (socket, cell) => {
      socket.write(
        head('200 OK', length(cell.body.length), `content-encoding: ${encodings[cell.offset % encodings.length]}`) + textOf(cell),
      );
    },
    expect: (cell) => whole(cell, cell.body, { encoding: encodings[cell.offset % encodings.length]! }),
  },
  {
    name: 'stall',
    act: (socket, cell) => {
      if (cell.offset === 0) return;
      const begin = head('200 OK', length(cell.body.length));
      socket.write(cell.offset < 4 ? begin.slice(0, cell.offset * 8) : begin + upTo(cell).toString('latin1'));
    },
    expect: (cell) => (cell.offset < 4 ? refused('UPSTREAM_BROKE') : cut(cell, upTo(cell), silent)),
  },
  {
    name: 'trailers',
    act: (socket, cell) => {
      socket.write(head('200 OK', chunked, 'trailer: x-checksum'));
      socket.write(asChunk(cell.body));
      socket.write(`0\r\n${Array.from({ length: cell.offset }, (_, index) => `x-trailer-${index}: t\r\n`).join('')}\r\n`);
    },
    expect: (cell) => whole(cell, cell.body),
  },
  {
    name: 'client-left',
    by: 'client-leaves',
    act: async (socket, cell) => {
      socket.write(head('200 OK', length(cell.body.length)));
      socket.write(upTo(cell));
      await untilRead(socket);
      departures.emit(keyOf(cell));
      for (let waited = 0; waited < LONGEST_LEAVE_MS && !socket.destroyed; waited += SETTLE_MS) await pause(SETTLE_MS);
      if (!socket.destroyed) socket.write(cell.body.subarray(cutOf(cell)));
    },
    expect: (cell) => ({ kind: 'left', body: digestOf(upTo(cell)) }),
    way: 'rows',
  },
];
