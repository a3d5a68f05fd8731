// What runs in the child process that evaluates JavaScript functions, as text: the child may read no file, so it is given its program with -e.
// Only strings cross between the child's own realm and the function's: no object of Node's is ever within reach of a client's code.

/** Evaluated inside the function's own context. `define(code, parameters, returns)` gives `call(json): json`. */
const contextSource = `
(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const pad = (n, width) => String(n).padStart(width, '0');
  const decode = (cell, type) => {
    if (cell === null) return null;
    switch (type.kind) {
      case 'ARRAY': return cell.map(({ v }) => decode(v, type.element));
      case 'STRUCT': return Object.fromEntries(type.fields.map((field, i) => [field.name ?? '_field_' + (i + 1), decode(cell.f[i].v, field.type)]));
      case 'BOOL': return cell === 'true';
      case 'FLOAT64': return Number(cell);
      case 'INT64': case 'NUMERIC': case 'BIGNUMERIC': { const n = Number(cell); return Number.isSafeInteger(n) ? n : cell; }
      case 'TIMESTAMP': return new Date(Number(BigInt(cell) / 1000n));
      case 'DATE': return new Date(cell + 'T00:00:00Z');
      case 'JSON': return parse(cell);
      default: return cell;
    }
  };
  const day = (date) => pad(date.getUTCFullYear(), 4) + '-' + pad(date.getUTCMonth() + 1, 2) + '-' + pad(date.getUTCDate(), 2);
  const encode = (value, type) => {
    if (value === null || value === undefined) return null;
    switch (type.kind) {
      case 'ARRAY': if (!Array.isArray(value)) throw new TypeError('Expected an array'); return value.map((item) => encode(item, type.element));
      case 'STRUCT': return Object.fromEntries(type.fields.map((field) => [field.name, encode(value[field.name], field.type)]));
      case 'JSON': return stringify(value);
      case 'BOOL': return Boolean(value);
      case 'FLOAT64': return String(Number(value));
      case 'TIMESTAMP': return value instanceof Date ? value.toISOString().replace('T', ' ').replace('Z', '+00') : String(value);
      case 'DATE': return value instanceof Date ? day(value) : String(value);
      case 'INT64': if (typeof value === 'number' && !Number.isInteger(value)) throw new TypeError('Failed to coerce output value ' + value + ' to type INT64'); return String(value);
      default: return typeof value === 'object' ? stringify(value) : String(value);
    }
  };
  return (body, parameters, returns) => (json) => stringify(parse(json).map((cells) => {
    try {
      return { v: encode(body(...cells.map((cell, i) => decode(cell, parameters[i]))), returns) };
    } catch (error) {
      let text = 'unknown error';
      try { text = error instanceof Error ? error.name + ': ' + error.message : String(error); } catch {}
      return { e: text };
    }
  }));
})()`;

export const hostSource = `'use strict';
const vm = require('node:vm');
const lines = require('node:readline').createInterface({ input: process.stdin });
const { stdout } = process;
const answer = (message) => stdout.write(JSON.stringify(message) + '\\n');
// A second fence behind the permission model, which does not know the network: nothing in this process can open a connection.
for (const name of ['net', 'tls', 'dgram', 'dns', 'http', 'https', 'http2', 'inspector', 'worker_threads', 'child_process', 'cluster']) {
  try { const module = require('node:' + name); for (const key of Object.keys(module)) { try { module[key] = undefined; } catch {} } } catch {}
}
try { require('net').Socket.prototype.connect = () => { throw new Error('no network'); }; } catch {}
for (const name of ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'WebAssembly', 'SharedArrayBuffer']) delete globalThis[name];
process.binding = process.getBuiltinModule = process.dlopen = process._linkedBinding = process.kill = undefined;
require('node:module')._load = () => { throw new Error('no modules'); };
const functions = new Map();
const define = ({ id, code, names, parameters, returns }) => {
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false }, microtaskMode: 'afterEvaluate' });
  const make = vm.runInContext(${JSON.stringify(contextSource)}, context);
  const types = vm.runInContext('(' + JSON.stringify({ parameters, returns }) + ')', context);
  const body = vm.runInContext('(function(' + names.join(', ') + ') {' + code + '\\n})', context, { filename: 'function.js' });
  functions.set(id, make(body, types.parameters, types.returns));
};
lines.on('line', (line) => {
  const message = JSON.parse(line);
  try {
    if (message.define) { define(message.define); answer({ ok: true }); }
    else answer({ results: String(functions.get(message.id)(message.calls)) });
  } catch (error) { answer({ error: String(error && error.message) }); }
});
`;
