const LIST_OF_WORDS = 'a list of words for a formatter, no statement';
const PARAMETER = "Google's parser refuses it too: OUT names no parameter without backticks";

/** Files in the two corpora that Google's own parser refuses (tried with ZetaSQL), by the end of their path. */
export const KNOWN_INVALID: readonly { readonly file: string; readonly reason: string }[] = [
  { file: 'procedure/append_hello/stored_procedure.sql', reason: PARAMETER },
  { file: 'procedure/test_procedure/stored_procedure.sql', reason: PARAMETER },
  { file: 'format_sql/scripting_example/expect.sql', reason: "Google's parser refuses it too: a comma ends the parameters" },
  { file: 'format_sql/capitalize_keywords/expect.sql', reason: LIST_OF_WORDS },
  { file: 'format_sql/capitalize_keywords/input.sql', reason: LIST_OF_WORDS },
  { file: 'format_sql/capitalize_builtin_functions/expect.sql', reason: LIST_OF_WORDS },
  { file: 'format_sql/capitalize_builtin_functions/input.sql', reason: LIST_OF_WORDS },
  { file: 'test/view_with_metadata/view.sql', reason: "Google's parser refuses it too: FROM a string" },
  { file: 'optimization/bi_engine_mode_duration.sql', reason: "Google's parser refuses it too: FROM FROM" },
  { file: 'automatic_query_fixer/examples/syntax_error.sql', reason: 'an example of what is wrong' },
];
