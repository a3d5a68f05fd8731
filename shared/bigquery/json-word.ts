import { isWordByte } from './row-states.ts';

const pattern = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const MAX_CHARACTERS = 64;

/** A number, `true`, `false` or `null`, byte by byte. */
export class JsonWord {
  #text = '';

  begin(byte: number): void {
    this.#text = String.fromCharCode(byte);
  }

  /** False when the byte is no part of it. */
  take(byte: number): boolean {
    if (!isWordByte(byte) || this.#text.length === MAX_CHARACTERS) return false;
    this.#text += String.fromCharCode(byte);
    return true;
  }

  get isWhole(): boolean {
    return pattern.test(this.#text);
  }

  /** Of a whole one. */
  get isNumber(): boolean {
    return this.#text.charCodeAt(0) <= 0x39;
  }
}
