import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const mistakesOf = (retention: string): string[] => {
  const parsed = parseConfig(
    `dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: 'https://issuer.example', audience: steno }]
connections: [{ name: main, projects: ['*'], credentials: none }]
retention: ${retention}`,
    '/srv',
  );
  return parsed.ok ? [] : parsed.error.map(({ path, message }) => `${path}: ${message}`);
};

describe('the section retention', () => {
  it('takes durations with their unit', () => {
    for (const keep of ['90s', '15min', '12h', '400d', '6w', '7y', 'forever']) expect(mistakesOf(`{ default: ${keep} }`), keep).toEqual([]);
  });

  it.each([
    ['400', 'add the unit, such as 400d'],
    ["'400'", 'add the unit, such as 400d'],
    ['12m', 'write min for minutes'],
    ['1.5d', 'write a whole number'],
    ['-1d', 'write a whole number'],
    ['0d', 'must be longer than nothing'],
    ['900y', 'write "forever"'],
    ["' 7y'", 'write a whole number'],
  ])('refuses %s', (keep, remedy) => {
    expect(mistakesOf(`{ default: ${keep} }`).join('\n')).toContain(remedy);
  });

  it('refuses rules that name no known connection, nobody, or nothing', () => {
    expect(mistakesOf('{ default: 1d, rules: [{ connections: [prod], keep: 7y }] }')).toEqual([
      'retention.rules[0].connections[0]: "prod" is no connection: main',
    ]);
    expect(mistakesOf('{ default: 1d, rules: [{ keep: 7y }] }').join()).toContain('needs connections or groups');
    expect(mistakesOf('{ default: 1d, rules: [{ groups: [a] }] }').join()).toContain('says nothing');
    expect(mistakesOf('{ default: 1d, rules: [{ groups: [a], keep: 7y, keepp: 1d }] }').join()).toContain(
      'retention.rules[0].keepp: is not a setting',
    );
  });
});
