import { describe, expect, it } from 'vitest';
import { CALLS, type CallName } from './calls.ts';
import { createEngineClient } from './create-engine-client.ts';
import type { EngineTransport } from './engine-api.ts';
import { parseCallInput, parseCallOutput } from './parse-call.ts';

const callNames = Object.keys(CALLS) as CallName[];

describe('the table of calls', () => {
  it.each(callNames)('%s is named domain:verb and has a schema each way', (name) => {
    expect(name).toMatch(/^[a-z]+:[a-z]+$/);
    expect(typeof CALLS[name].input.safeParse).toBe('function');
    expect(typeof CALLS[name].output.safeParse).toBe('function');
  });

  it.each(callNames)('%s refuses what it does not know', (name) => {
    const parsed = parseCallInput(name, { surprise: 1 });
    expect(parsed).toMatchObject({ ok: false, error: { code: 'CONTRACT_BAD_INPUT' } });
    expect(parseCallInput(name, null).ok).toBe(false);
    expect(parseCallInput(name, undefined).ok).toBe(false);
  });
});

describe('parseCallInput', () => {
  const messageOf = (name: string, input: unknown) => {
    const parsed = parseCallInput(name, input);
    return parsed.ok ? 'accepted' : parsed.error.message;
  };

  it.each([
    ['nope:nothing', {}, 'There is no call named "nope:nothing".'],
    ['constructor', {}, 'There is no call named "constructor".'],
    ['case:open', { paths: [] }, 'The call case:open was refused: paths: Too small: expected array to have >=1 items.'],
    ['exchange:get', {}, 'The call exchange:get was refused: exchangeId: Invalid input: expected string, received undefined.'],
    [
      'exchange:list',
      { filter: '', offset: 0, limit: 1e9 },
      'The call exchange:list was refused: limit: Too big: expected number to be <=5000.',
    ],
    [
      'exchange:list',
      { filter: '', offset: 0.5, limit: 1 },
      'The call exchange:list was refused: offset: Invalid input: expected int, received number.',
    ],
    ['case:state', { extra: 1 }, 'The call case:state was refused: Unrecognized key: "extra".'],
  ])('%s %j → %s', (name, input, message) => expect(messageOf(name, input)).toBe(message));

  it('accepts what the contract says', () => {
    expect(parseCallInput('exchange:list', { filter: 'who:ci', offset: 0, limit: 100, sort: { by: 'at', direction: 'desc' } }).ok).toBe(
      true,
    );
  });
});

describe('parseCallOutput', () => {
  it('accepts nested cells and refuses numbers where exact text is promised', () => {
    expect(parseCallOutput('result:page', { offset: 0, rows: [['9007199254740993', null, { list: [{ struct: ['1', null] }] }]] }).ok).toBe(
      true,
    );
    expect(parseCallOutput('result:page', { offset: 0, rows: [[17]] }).ok).toBe(false);
  });
});

describe('createEngineClient', () => {
  const clientOver = (answer: unknown) => {
    const listeners = new Set<(event: unknown) => void>();
    const transport: EngineTransport = {
      call: async () => (answer instanceof Error ? Promise.reject(answer) : answer),
      on: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    return { client: createEngineClient(transport), emit: (event: unknown) => listeners.forEach((listener) => void listener(event)) };
  };
  const state = { phase: 'empty', bundles: [], revision: 0 };

  it('gives the parsed answer', async () => {
    expect(await clientOver({ ok: true, value: state }).client.call('case:state', {})).toEqual(state);
  });

  it('throws a failure with its code, remedy and span', async () => {
    const error = { code: 'FILTER_SYNTAX', message: 'No field named "wo".', remedy: 'Use who:', span: { start: 0, end: 2 } };
    const { client } = clientOver({ ok: false, error });
    await expect(client.call('exchange:list', { filter: 'wo:ci', offset: 0, limit: 1 })).rejects.toMatchObject(error);
  });

  it.each([
    ['an answer that breaks the contract', { ok: true, value: { phase: 'sleeping' } }, 'CONTRACT_BAD_OUTPUT'],
    ['something that is no envelope', 'hello', 'CONTRACT_BAD_ENVELOPE'],
    ['a transport that fails', new Error('socket closed'), 'ENGINE_UNREACHABLE'],
  ])('refuses %s', async (_, answer, code) => {
    expect(await clientOver(answer).client.tryCall('case:state', {})).toMatchObject({ ok: false, error: { code } });
  });

  it('hears only well-formed events of the kind asked for, until told to stop', () => {
    const { client, emit } = clientOver(undefined);
    const heard: unknown[] = [];
    const stop = client.on('case:progress', (event) => heard.push(event.state.phase));
    emit({ kind: 'case:progress', state });
    emit({ kind: 'case:progress', state: { phase: 'sleeping' } });
    emit({ kind: 'unheard-of' });
    stop();
    emit({ kind: 'case:progress', state });
    expect(heard).toEqual(['empty']);
  });
});
