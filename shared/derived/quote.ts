/** A string literal in DuckDB SQL: `'it''s'`. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** An identifier in DuckDB SQL: `"odd ""name"""`. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
