/** What this person chose on this machine (theme, columns, history). Storage that is full, blocked or damaged costs the memory, never the screen. */
export function remember<Value>(key: string, parse: (stored: unknown) => Value): { load(): Value; save(value: Value): void } {
  const place = `steno.${key}`;
  return {
    load() {
      try {
        return parse(JSON.parse(localStorage.getItem(place) ?? 'null'));
      } catch {
        return parse(null);
      }
    },
    save(value) {
      try {
        localStorage.setItem(place, JSON.stringify(value));
      } catch {
        // Private windows and full disks: the choice lasts as long as the window.
      }
    },
  };
}
