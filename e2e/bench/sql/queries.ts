/** One question twice: in GoogleSQL for the sandbox, and as somebody who knows DuckDB would write it for the same tables. */
export type TypicalQuery = {
  readonly name: string;
  readonly googleSql: string;
  readonly duckSql: (orders: string, customers: string) => string;
};

export const typicalQueries: readonly TypicalQuery[] = [
  {
    name: 'filter, aggregate',
    googleSql: `SELECT COUNT(*) AS n, SUM(quantity) AS quantity, AVG(amount) AS amount FROM sales.orders WHERE status = 'paid' AND amount > 100`,
    duckSql: (orders) =>
      `SELECT count(*) AS n, sum(quantity)::BIGINT AS quantity, avg(amount) AS amount FROM ${orders} WHERE status = 'paid' AND amount > 100`,
  },
  {
    name: 'group by string',
    googleSql: 'SELECT country, COUNT(*) AS n, SUM(amount) AS amount FROM sales.orders GROUP BY country ORDER BY amount DESC',
    duckSql: (orders) => `SELECT country, count(*) AS n, sum(amount) AS amount FROM ${orders} GROUP BY country ORDER BY amount DESC`,
  },
  {
    name: 'join a dimension',
    googleSql: `SELECT c.segment, COUNT(*) AS n, SUM(o.amount * c.discount) AS discount
      FROM sales.orders AS o JOIN sales.customers AS c USING (customer_id) GROUP BY c.segment ORDER BY c.segment`,
    duckSql: (orders, customers) =>
      `SELECT c.segment, count(*) AS n, sum(o.amount * c.discount) AS discount
       FROM ${orders} AS o JOIN ${customers} AS c USING (customer_id) GROUP BY c.segment ORDER BY c.segment`,
  },
  {
    name: 'window',
    googleSql: `SELECT customer_id, COUNT(*) AS n FROM (
        SELECT customer_id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS place FROM sales.orders
      ) WHERE place <= 3 GROUP BY customer_id HAVING n < 3`,
    duckSql: (orders) =>
      `SELECT customer_id, count(*) AS n FROM (
         SELECT customer_id, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS place FROM ${orders}
       ) WHERE place <= 3 GROUP BY customer_id HAVING count(*) < 3`,
  },
  {
    name: 'count distinct',
    googleSql: 'SELECT status, COUNT(DISTINCT customer_id) AS customers FROM sales.orders GROUP BY status',
    duckSql: (orders) => `SELECT status, count(DISTINCT customer_id) AS customers FROM ${orders} GROUP BY status`,
  },
  {
    name: 'top k',
    googleSql: 'SELECT order_id, customer_id, amount FROM sales.orders ORDER BY amount DESC, order_id LIMIT 100',
    duckSql: (orders) => `SELECT order_id, customer_id, amount FROM ${orders} ORDER BY amount DESC, order_id LIMIT 100`,
  },
  {
    name: 'by month and day',
    googleSql: `SELECT DATE_TRUNC(day, MONTH) AS month, TIMESTAMP_TRUNC(ordered_at, DAY) AS midnight, COUNT(*) AS n FROM sales.orders GROUP BY month, midnight`,
    duckSql: (orders) =>
      `SELECT date_trunc('month', day)::DATE AS month, to_timestamp((epoch_us(ordered_at) // 86400000000) * 86400) AS midnight, count(*) AS n
       FROM ${orders} GROUP BY ALL`,
  },
  {
    name: 'string functions',
    googleSql: `SELECT REGEXP_EXTRACT(url, r'^https://([^/]+)') AS host, UPPER(SUBSTR(country, 1, 1)) AS initial, MAX(LENGTH(url)) AS longest,
        COUNTIF(STARTS_WITH(url, 'https://www.') AND url LIKE '%/product/%') AS products
      FROM sales.orders GROUP BY host, initial`,
    duckSql: (orders) =>
      `SELECT regexp_extract(url, '^https://([^/]+)', 1) AS host, upper(substring(country, 1, 1)) AS initial, max(length(url)) AS longest,
         count(*) FILTER (starts_with(url, 'https://www.') AND url LIKE '%/product/%') AS products
       FROM ${orders} GROUP BY ALL`,
  },
  {
    name: 'unnest an array',
    googleSql: 'SELECT tag, COUNT(*) AS n FROM sales.orders, UNNEST(tags) AS tag GROUP BY tag ORDER BY n DESC',
    duckSql: (orders) => `SELECT tag, count(*) AS n FROM ${orders}, unnest(tags) AS _(tag) GROUP BY tag ORDER BY n DESC`,
  },
  {
    name: 'CTE, subqueries',
    googleSql: `WITH daily AS (SELECT day, country, SUM(amount) AS amount, COUNT(*) AS n FROM sales.orders WHERE status != 'test' GROUP BY day, country),
        best AS (SELECT day, MAX(amount) AS amount FROM daily GROUP BY day)
      SELECT d.country, COUNT(*) AS days, SUM(d.n) AS n FROM daily AS d JOIN best AS b USING (day)
      WHERE d.amount = b.amount AND d.amount > (SELECT AVG(amount) FROM daily) GROUP BY d.country ORDER BY days DESC`,
    duckSql: (orders) =>
      `WITH daily AS (SELECT day, country, sum(amount) AS amount, count(*) AS n FROM ${orders} WHERE status != 'test' GROUP BY day, country),
         best AS (SELECT day, max(amount) AS amount FROM daily GROUP BY day)
       SELECT d.country, count(*) AS days, sum(d.n)::BIGINT AS n FROM daily AS d JOIN best AS b USING (day)
       WHERE d.amount = b.amount AND d.amount > (SELECT avg(amount) FROM daily) GROUP BY d.country ORDER BY days DESC`,
  },
];
