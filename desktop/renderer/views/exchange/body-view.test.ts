import { describe, expect, it } from 'vitest';
import { toShown } from './body-view.tsx';

const whole = (text: string) => ({ offset: 0, bytes: text.length, totalBytes: text.length, text });

describe('a body on screen', () => {
  it('is formatted when it is JSON', () =>
    expect(toShown(whole('{"a":1}'), 'formatted')).toEqual({ text: '{\n  "a": 1\n}', language: 'json' }));
  it('is as sent when asked for', () => expect(toShown(whole('{"a":1}'), 'raw').text).toBe('{"a":1}'));
  it('is as sent when it is not JSON', () =>
    expect(toShown(whole('--boundary'), 'formatted')).toEqual({ text: '--boundary', language: 'text' }));
  it('is formatted as far as its first part reaches', () => {
    expect(toShown({ offset: 0, bytes: 8, totalBytes: 900, text: '{"a":[1,' }, 'formatted').text).toBe('{\n  "a": [\n    1,');
  });
  it('is as sent in its later parts', () => {
    expect(toShown({ offset: 8, bytes: 8, totalBytes: 900, text: '2,{"b":3' }, 'formatted').note).toContain('begins in the middle');
  });
  it('is a hex dump when it is not text', () => {
    expect(toShown({ offset: 32, bytes: 3, totalBytes: 99, base64: 'H4sI' }, 'wire').text).toMatch(/^00000020 {2}1f 8b 08 /);
  });
});
