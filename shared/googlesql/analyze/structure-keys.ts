import type { Column, ResolvedExpression } from './resolved-tree.ts';

/**
 * Texts that are equal for expressions that mean the same computation. Every part is looked at once, however often and however deep it stands:
 * equal parts share a number, and a whole is told by the numbers of its parts.
 */
export class StructureKeys {
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<object, string>();

  of(expression: ResolvedExpression): string {
    return this.#keyOf(expression);
  }

  #keyOf(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    let text = Array.isArray(value) ? '[' : '{';
    if (value instanceof Uint8Array) text += value.join();
    else if (Array.isArray(value)) for (const item of value) text += `${this.#keyOf(item)},`;
    else for (const [name, member] of Object.entries(value)) text += this.#memberOf(name, member);
    const key = this.#numberOf(text);
    this.#known.set(value, key);
    return key;
  }

  /** Columns are told by their number, functions by their signature; how a call is written in DuckDB is no part of its meaning. */
  #memberOf(name: string, member: unknown): string {
    if (name === 'table' || member === undefined || typeof member === 'function') return '';
    if (name === 'column') return `${name}:${(member as Column).id},`;
    if (name === 'signature') return `${name}:${JSON.stringify((member as { text: string }).text)},`;
    return `${name}:${this.#keyOf(member)},`;
  }

  #numberOf(text: string): string {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return `#${number}`;
  }
}
