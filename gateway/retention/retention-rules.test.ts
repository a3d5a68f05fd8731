import { describe, expect, it } from 'vitest';
import { retention } from '../config-retention.ts';
import { classify, contentModeOf, formatKeep, retainUntil } from './retention-rules.ts';

const closedAt = new Date('2026-03-01T12:00:00Z');
const rules = retention.parse({
  default: '400d',
  rules: [
    { connections: ['scratch'], keep: '30d' },
    { name: 'finance', connections: ['billing'], groups: ['auditors', 'treasury'], keep: '7y' },
    { groups: ['auditors'], keep: '2y', content: 'content-free' },
    { groups: ['legal'], keep: 'forever' },
  ],
});
const kept = (connections: string[], groups: string[]): string => {
  const found = classify(rules, { connections, groups }, closedAt);
  return `${found.rule}: ${formatKeep(found.keep)}`;
};

describe('how long a recording is kept', () => {
  it.each([
    ['no rule applies', ['main'], ['analysts'], 'default: 400d'],
    ['a rule may be shorter than the default', ['scratch'], ['analysts'], 'rule 1: 30d'],
    ['of several the longest wins', ['scratch', 'billing'], ['auditors'], 'finance: 7y'],
    ['connections and groups must both be met', ['billing'], ['analysts'], 'default: 400d'],
    ['one group of several is enough', ['billing'], ['analysts', 'treasury'], 'finance: 7y'],
    ['for ever is longer than any time', ['billing'], ['auditors', 'legal'], 'rule 4: forever'],
  ])('%s', (_case, connections, groups, expected) => {
    expect(kept(connections, groups)).toBe(expected);
  });

  it('counts years by the calendar, in UTC', () => {
    const ends = retainUntil(classify(rules, { connections: ['billing'], groups: ['auditors'] }, closedAt), closedAt);
    expect(ends?.toISOString()).toBe('2033-03-01T12:00:00.000Z');
    const leapDay = new Date('2028-02-29T00:00:00Z');
    expect(retainUntil({ rule: 'x', keep: { amount: 1, unit: 'y' } }, leapDay)?.toISOString()).toBe('2029-03-01T00:00:00.000Z');
  });

  it('keeps everything, whole, where nothing is configured', () => {
    expect(classify(undefined, { connections: ['main'], groups: [] }, closedAt)).toEqual({ rule: 'none', keep: 'forever' });
    expect(contentModeOf(undefined, { connections: ['main'], groups: [] })).toBe('full');
  });

  it('lets the strictest rule decide about content', () => {
    expect(contentModeOf(rules, { connections: ['billing'], groups: ['auditors'] })).toBe('content-free');
    expect(contentModeOf(rules, { connections: ['main'], groups: ['analysts'] })).toBe('full');
  });
});
