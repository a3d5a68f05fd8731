/** Where a member stands; to be given back to `leave`. */
export type Place<T> = { readonly member: T; at: number };

/**
 * Who is present, where thousands come and go each second. A `Set` would keep those who left: V8 leaves its outgrown tables chained to one another, and the
 * collector of young objects, which takes whatever an old one names for living, then moves each member into the old space.
 */
export class Roster<T> {
  readonly #places: Place<T>[] = [];

  get size(): number {
    return this.#places.length;
  }

  enter(member: T): Place<T> {
    const place = { member, at: this.#places.length };
    this.#places.push(place);
    return place;
  }

  /** Who left already is not there to leave again: then nothing happens. */
  leave(place: Place<T>): void {
    if (this.#places[place.at] !== place) return;
    const last = this.#places.pop()!;
    if (last === place) return;
    last.at = place.at;
    this.#places[place.at] = last;
  }

  /** In no order that means something. */
  get members(): T[] {
    return this.#places.map(({ member }) => member);
  }
}
