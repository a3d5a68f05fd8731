// The two programs of a worker thread that evaluates JavaScript functions, as text: the thread must start in the source tree, in a bundle and inside
// Electron alike. Nothing but strings crosses between them: no object of Node's is ever within reach of a client's code.

/**
 * Inside QuickJS, once for each function: `(body, parameters, returns, file) => (json) => json`. What it needs is taken before a client's code can
 * change it. `calls` is an array of argument lists; the answer has `{ v }` or `{ e, at? }` for each.
 */
const contextSource = `
(() => {
  'use strict';
  const { stringify } = JSON, parse = JSON.parse, { apply } = Reflect;
  const { isArray } = Array;
  const { defineProperty } = Object;
  const put = (object, name, value) => defineProperty(object, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  const { isInteger, isSafeInteger } = Number;
  const pad = (n, width) => { let text = '' + n; while (text.length < width) text = '0' + text; return text; };
  const DAY_MS = 86400000;
  const decode = (cell, type) => {
    if (cell === null) return null;
    switch (type.kind) {
      case 'ARRAY': {
        const items = [];
        for (let i = 0; i < cell.length; i++) put(items, i, decode(cell[i], type.element));
        return items;
      }
      case 'STRUCT': {
        const object = {};
        for (let i = 0; i < type.fields.length; i++) put(object, type.fields[i].name, decode(cell[i], type.fields[i].type));
        return object;
      }
      case 'BOOL': return cell === 'true';
      case 'FLOAT64': return +cell;
      case 'NUMERIC': case 'BIGNUMERIC': { const n = +cell; return isSafeInteger(n) ? n : cell; }
      case 'TIMESTAMP': {
        const micros = BigInt(cell), fraction = ((micros % 1000n) + 1000n) % 1000n;
        const date = new Date(Number((micros - fraction) / 1000n));
        date.microsecond = Number(fraction);
        return date;
      }
      case 'DATE': return new Date(cell + 'T00:00:00Z');
      case 'JSON': return parse(cell);
      default: return cell;
    }
  };
  class Coercion { constructor(text) { this.text = text; } }
  const show = (value) => { try { return typeof value === 'string' ? stringify(value) : '' + value; } catch { return 'of unknown form'; } };
  const refuse = (value, type, why) => { throw new Coercion('Failed to coerce output value ' + show(value) + ' to type ' + type.text + (why ? ': ' + why : '')); };
  const isoOf = (value, type) => { const text = value.toISOString(); return typeof text === 'string' ? text : refuse(value, type); };
  // JSON text made here: JSON.stringify would ask a client's toJSON.
  const encode = (value, type) => {
    if (value === null || value === undefined) return 'null';
    if (type.kind === 'ARRAY') {
      if (!isArray(value)) refuse(value, type);
      let text = '[';
      for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + encode(value[i], type.element);
      return text + ']';
    }
    if (type.kind === 'STRUCT') {
      if (typeof value !== 'object') refuse(value, type);
      let text = '{';
      for (let i = 0; i < type.fields.length; i++) {
        const { name, type: each } = type.fields[i];
        text += (i === 0 ? '' : ',') + stringify(name) + ':' + encode(value[name], each);
      }
      return text + '}';
    }
    const text = encodeScalar(value, type);
    return text === null ? 'null' : stringify(text);
  };
  const encodeScalar = (value, type) => {
    switch (type.kind) {
      case 'JSON': { const text = stringify(value); return text === undefined ? null : text; }
      case 'BOOL': return value ? 'true' : 'false';
      case 'FLOAT64': {
        const n = +value;
        if (n !== n && typeof value !== 'number' && value !== 'NaN') refuse(value, type);
        return '' + n;
      }
      case 'INT64':
        if (typeof value === 'number' && !isInteger(value)) refuse(value, type);
        if (typeof value === 'number') return isSafeInteger(value) ? '' + value : '' + BigInt(value);
        if (typeof value === 'boolean') refuse(value, type);
        return '' + value;
      case 'TIMESTAMP': return value instanceof Date ? isoOf(value, type) : '' + value;
      case 'DATE': return value instanceof Date ? isoOf(value, type).split('T')[0] : '' + value;
      default: return '' + value;
    }
  };
  const textOf = (error) => {
    if (error instanceof Coercion) return '{"e":' + stringify(error.text) + ',"isWhole":true}';
    try {
      if (!(error instanceof Error)) return '{"e":' + stringify('' + error) + '}';
      return '{"e":' + stringify('' + error.name + ': ' + error.message) + ',"at":' + stringify('' + error.stack) + '}';
    } catch { return '{"e":"unknown error"}'; }
  };
  return (body, parameters, returns) => (json) => {
    const calls = parse(json);
    let results = '';
    for (let row = 0; row < calls.length; row++) {
      const cells = calls[row], values = [];
      let result;
      try {
        for (let i = 0; i < cells.length; i++) put(values, i, decode(cells[i], parameters[i]));
        result = '{"v":' + encode(apply(body, undefined, values), returns) + '}';
      } catch (error) {
        // Where not even the error found memory, it is null.
        if (error === null || (error instanceof InternalError && error.message === 'out of memory')) throw error;
        result = textOf(error);
      }
      results += (row === 0 ? '' : ',') + result;
    }
    return '[' + results + ']';
  };
})()`;

/** Makes one function of the four an aggregate exports; its last parameters are the same for all rows of a group. */
const aggregateSource = `((exports, order) => {
  'use strict';
  const { initialState, aggregate, finalize } = exports;
  for (const name of ['initialState', 'aggregate', 'merge', 'finalize'])
    if (typeof exports[name] !== 'function') throw new TypeError('JavaScript UDAF must export a function named "' + name + '"');
  return (rows, ...fixed) => {
    const state = initialState(...fixed);
    const given = rows ?? [];
    for (let i = 0; i < given.length; i++) {
      const values = [];
      for (let p = 0; p < order.length; p++) values[p] = order[p] < 0 ? fixed[-order[p] - 1] : given[i]['a' + order[p]];
      aggregate(state, ...values);
    }
    return finalize(state, ...fixed);
  };
})`;

/** The thread itself. `workerData`: `quickjs` (path of the module), `signal` (Int32Array: replies given, number of the cancelled request), `port`. */
export const workerSource = `'use strict';
const { workerData: { quickjs, signal, port } } = require('node:worker_threads');
const { newQuickJSWASMModuleFromVariant, newVariant, RELEASE_SYNC } = require(quickjs);
const PAGE_BYTES = 65536, OWN_PAGES = 256;
const FILE = 'function.js';
let machine, current = 0, deadline = 0;
const open = async ({ memoryBytes, stackBytes }) => {
  // QuickJS does not count all it allocates: the machine's memory as a whole has a limit too.
  const wasmMemory = new WebAssembly.Memory({ initial: OWN_PAGES, maximum: OWN_PAGES + Math.ceil(memoryBytes / PAGE_BYTES) });
  const module = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));
  const runtime = module.newRuntime();
  runtime.setMemoryLimit(memoryBytes);
  runtime.setMaxStackSize(stackBytes);
  runtime.setInterruptHandler(() => performance.now() > deadline || Atomics.load(signal, 1) === current);
  machine = { runtime, functions: new Map() };
};
class Fault extends Error {}
const unwrap = (context, result) => {
  if (result.error === undefined) return result.value;
  const error = context.dump(result.error) ?? { name: 'InternalError', message: 'out of memory' };
  throw new Fault(JSON.stringify(typeof error === 'object' ? { name: error.name, message: error.message, at: error.stack } : { name: '', message: String(error) }));
};
const run = (context, code, options) => unwrap(context, context.evalCode(code, options?.file ?? 'glue.js', { type: 'global', ...options }));
// Each function has a world of its own.
const define = ({ id, code, names, parameters, returns, libraries, order }) => {
  const context = machine.runtime.newContext();
  const make = run(context, ${JSON.stringify(contextSource)});
  for (const [index, library] of libraries.entries()) run(context, library, { file: 'library' + index + '.js' });
  let body;
  if (order === undefined) body = run(context, '(function(' + names.join(', ') + ') {\\n' + code + '\\n})', { file: FILE });
  else {
    const exported = run(context, code, { file: FILE, type: 'module' });
    body = unwrap(context, context.callFunction(run(context, ${JSON.stringify(aggregateSource)}), context.undefined, exported, run(context, '(' + JSON.stringify(order) + ')')));
  }
  const types = run(context, '(' + JSON.stringify({ parameters, returns }) + ')');
  const call = unwrap(context, context.callFunction(make, context.undefined, body, context.getProp(types, 'parameters'), context.getProp(types, 'returns')));
  machine.functions.set(id, { context, call });
};
const call = ({ id, calls }) => {
  const { context, call } = machine.functions.get(id);
  const argument = context.newString(calls);
  const result = unwrap(context, context.callFunction(call, context.undefined, argument));
  const text = context.getString(result);
  argument.dispose();
  result.dispose();
  return text;
};
const actions = { open, define, call, close: () => { machine = undefined; } };
const answer = (message) => {
  port.postMessage(message);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
};
port.on('message', async (message) => {
  current = message.number;
  deadline = performance.now() + message.limitMs;
  try {
    answer({ number: message.number, value: await actions[message.action](message) });
  } catch (error) {
    if (error instanceof Fault) answer({ number: message.number, fault: JSON.parse(error.message) });
    else answer({ number: message.number, fault: { name: error?.name ?? '', message: String(error?.message), isForeign: true } });
  }
});
`;
