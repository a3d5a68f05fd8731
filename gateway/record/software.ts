/** What wrote a record; the version of package.json. */
export const SOFTWARE = 'steno/0.1.0';
