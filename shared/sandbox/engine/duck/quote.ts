/** An identifier in DuckDB SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A string literal in DuckDB SQL. DuckDB has no backslash escapes, and a text cannot hold NUL. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
