// What every client is asked to do. A client prints what it got, in its own words; the matrix compares.
export const statements = {
  query: 'SELECT 21 * 2 AS answer',
  parameters: "SELECT @whole + 1 AS whole, CONCAT(@text, '!') AS text, @flag AS flag",
  positional: "SELECT ? + 1 AS whole, CONCAT(?, '!') AS text, ? AS flag",
  paging: 'SELECT n FROM `acme.shop.numbers` ORDER BY n',
  count: 'SELECT COUNT(*) AS row_count, SUM(n) AS total FROM `acme.shop.numbers`',
  denied: 'SELECT amount FROM `acme.hr.salaries`',
  sqlError: 'SELECT nothing FROM `acme.shop.numbers`',
  // The sandbox reads the comment: see job-delay.ts.
  wait: "SELECT 'done' AS state -- takes 12000 ms",
  cancel: "SELECT 'never' AS state -- takes 60000 ms",
};

export const parameters = { whole: 41, text: "o'hara", flag: true };

/** Each client works in a table of its own. */
export const create = (table: string): string => `CREATE OR REPLACE TABLE \`acme.scratch.${table}\` (n INT64)`;
export const insert = (table: string): string => `INSERT INTO \`acme.scratch.${table}\` (n) VALUES (1), (2), (3)`;

/** Prints what an action answered, or the error as the client words it. */
export async function print(action: () => unknown): Promise<void> {
  try {
    const printed = await action();
    console.log(typeof printed === 'string' ? printed : JSON.stringify(printed));
  } catch (error) {
    const { name = 'Error', message } = error as Error;
    console.log(`${name}: ${message}`);
  }
}
