// The rows of the demo's shop as DuckDB SQL. Nothing is random: every choice is a hash of the row's number and the seed.
import { quoteText } from '../engine/duck/quote.ts';
import {
  adjectives,
  cities,
  countries,
  departments,
  emailDomains,
  firstNames,
  lastNames,
  otherCities,
  streets,
  things,
  titles,
} from './shop-words.ts';

export type ShopSize = { readonly customers: number; readonly orders: number; readonly events: number; readonly seed: number };

export const PRODUCTS = 400;
export const EMPLOYEES = 1200;

/** A number in [0, 1) that depends on the row, the purpose and the seed only. */
const chance = (row: string, purpose: number, seed: number): string =>
  `((hash(${row} * 1009 + ${purpose * 7919 + seed * 104729}) % 1000003) / 1000003.0)`;

const list = (words: readonly string[]): string => `[${words.map(quoteText).join(', ')}]`;
const pick = (words: readonly string[], dice: string): string =>
  `list_extract(${list(words)}, 1 + CAST(floor(${dice} * ${words.length}) AS BIGINT))`;

const FIRST_DAY = "DATE '2022-01-01'";
const DAYS = 1640;
/** Sales grow: later days are likelier. Microseconds after the first day, spread over the day. */
const moment = (row: string, purpose: number, seed: number): string => {
  const day = `floor(${DAYS} * pow(${chance(row, purpose, seed)}, 0.7))`;
  const clock = `(0.25 + 0.75 * ${chance(row, purpose + 1, seed)})`;
  return `TIMESTAMPTZ '2022-01-01 00:00:00+00' + to_microseconds(CAST((${day} + ${clock}) * 86400000000 AS BIGINT))`;
};

/** A few customers do most of what happens. */
const someCustomer = (row: string, purpose: number, { customers, seed }: ShopSize): string =>
  `1 + CAST(floor(${customers} * pow(${chance(row, purpose, seed)}, 2.3)) AS BIGINT)`;

const nameColumns = (seed: number): string =>
  `${pick(firstNames, chance('i', 1, seed))} AS first_name, ${pick(lastNames, chance('i', 2, seed))} AS last_name`;

export function customerRows({ customers, seed }: ShopSize): string {
  const city = `CASE country ${Object.entries(cities)
    .map(([code, names]) => `WHEN '${code}' THEN ${pick(names, chance('i', 6, seed))}`)
    .join(' ')} ELSE ${pick(otherCities, chance('i', 6, seed))} END`;
  const tag = (name: string, purpose: number, share: number): string =>
    `CASE WHEN ${chance('i', purpose, seed)} < ${share} THEN '${name}' END`;
  return `SELECT i AS id, first_name || ' ' || last_name AS name,
      lower(first_name || '.' || last_name) || i || '@' || ${pick(emailDomains, chance('i', 3, seed))} AS email,
      country, ${FIRST_DAY} + CAST(floor(${DAYS} * pow(${chance('i', 5, seed)}, 0.8)) AS INTEGER) AS signed_up,
      CASE WHEN luck < 0.68 THEN 'bronze' WHEN luck < 0.9 THEN 'silver' WHEN luck < 0.98 THEN 'gold' ELSE 'platinum' END AS tier,
      struct_pack(street := CAST(1 + floor(120 * ${chance('i', 7, seed)}) AS INTEGER) || ' ' || ${pick(streets, chance('i', 8, seed))} || ' Street',
        city := ${city}, postal_code := lpad(CAST(CAST(floor(99999 * ${chance('i', 9, seed)}) AS INTEGER) AS VARCHAR), 5, '0')) AS address,
      list_filter([${tag('newsletter', 10, 0.55)}, ${tag('wholesale', 11, 0.04)}, ${tag('gift-card', 12, 0.12)}, ${tag('app', 13, 0.4)}],
        lambda t: t IS NOT NULL) AS tags
    FROM (SELECT i, ${nameColumns(seed)}, ${pick(countries, chance('i', 4, seed))} AS country, ${chance('i', 14, seed)} AS luck
      FROM range(1, ${customers + 1}) AS numbers(i))`;
}

export function productRows({ seed }: ShopSize): string {
  const categories = Object.keys(things);
  const category = pick(categories, chance('i', 21, seed));
  const thing = `CASE category ${Object.entries(things)
    .map(([name, words]) => `WHEN '${name}' THEN ${pick(words, chance('i', 22, seed))}`)
    .join(' ')} END`;
  return `SELECT i AS product_id, ${pick(adjectives, chance('i', 23, seed))} || ' ' || ${thing} AS name, category, ${priceOf('i', seed)} AS price,
      round(0.05 + 12 * pow(${chance('i', 25, seed)}, 3), 3) AS weight_kg, ${chance('i', 26, seed)} < 0.93 AS is_active
    FROM (SELECT i, ${category} AS category FROM range(1, ${PRODUCTS + 1}) AS numbers(i))`;
}

/** In cents, so that NUMERIC sums are exact; most things are cheap. */
const priceOf = (product: string, seed: number): string =>
  `CAST(CAST(floor(395 + 24000 * pow(${chance(product, 24, seed)}, 3)) AS BIGINT) / 100.0 AS DECIMAL(38, 9))`;

export function orderRows(size: ShopSize): string {
  const { orders, seed } = size;
  const product = `1 + CAST(floor(${PRODUCTS} * pow(${chance('i * 31 + k', 31, seed)}, 1.8)) AS BIGINT)`;
  const quantity = `CAST(1 + floor(4 * pow(${chance('i * 31 + k', 32, seed)}, 4)) AS BIGINT)`;
  const item = `struct_pack(product_id := ${product}, quantity := ${quantity}, unit_price := list_extract(prices, ${product}))`;
  const lines = `1 + CAST(floor(6 * pow(${chance('i', 33, seed)}, 2)) AS BIGINT)`;
  return `SELECT order_id, customer_id, ordered_at, status, coupon,
      CAST(list_sum(list_transform(items, lambda line: line.quantity * line.unit_price)) AS DECIMAL(38, 9)) AS total, items
    FROM (SELECT i AS order_id, ${someCustomer('i', 34, size)} AS customer_id, ${moment('i', 35, seed)} AS ordered_at,
        CASE WHEN luck < 0.86 THEN 'delivered' WHEN luck < 0.91 THEN 'shipped' WHEN luck < 0.94 THEN 'pending' WHEN luck < 0.98 THEN 'returned' ELSE 'cancelled' END AS status,
        CASE WHEN ${chance('i', 37, seed)} < 0.07 THEN 'WELCOME10' WHEN ${chance('i', 37, seed)} < 0.1 THEN 'SUMMER' END AS coupon,
        list_transform(range(${lines}), lambda k: ${item}) AS items
      FROM (SELECT i, ${chance('i', 38, seed)} AS luck FROM range(1, ${orders + 1}) AS numbers(i)),
        (SELECT list(${priceOf('p', seed)} ORDER BY p) AS prices FROM range(1, ${PRODUCTS + 1}) AS products(p)))`;
}

export function eventRows(size: ShopSize): string {
  const { events, seed } = size;
  const device = pick(['mobile', 'mobile', 'desktop', 'tablet'], chance('i', 44, seed));
  return `SELECT i AS event_id, CASE WHEN ${chance('i', 41, seed)} >= 0.12 THEN ${someCustomer('i', 42, size)} END AS customer_id,
      ${moment('i', 45, seed)} AS at, kind,
      CASE kind WHEN 'view' THEN '/product/' || product WHEN 'search' THEN '/search' WHEN 'cart' THEN '/cart' WHEN 'checkout' THEN '/checkout' ELSE '/account' END AS page,
      CASE kind WHEN 'search' THEN '{"device":"' || ${device} || '","terms":' || CAST(1 + product % 4 AS VARCHAR) || '}'
        ELSE '{"device":"' || ${device} || '","ms":' || CAST(CAST(40 + 4000 * pow(${chance('i', 47, seed)}, 4) AS BIGINT) AS VARCHAR) || ',"product":' || product || '}' END AS payload
    FROM (SELECT i, 1 + CAST(floor(${PRODUCTS} * pow(${chance('i', 43, seed)}, 1.8)) AS BIGINT) AS product,
        CASE WHEN luck < 0.62 THEN 'view' WHEN luck < 0.8 THEN 'search' WHEN luck < 0.92 THEN 'cart' WHEN luck < 0.97 THEN 'checkout' ELSE 'login' END AS kind
      FROM (SELECT i, ${chance('i', 48, seed)} AS luck FROM range(1, ${events + 1}) AS numbers(i)))`;
}

export function employeeRows({ seed }: ShopSize): string {
  return `SELECT i AS employee_id, first_name || ' ' || last_name AS name, lower(first_name || '.' || last_name) || i || '@shop.example.com' AS email,
      ${pick(departments, chance('i', 51, seed))} AS department, ${pick(titles, chance('i', 52, seed))} AS title,
      CASE WHEN i > 1 THEN 1 + CAST(floor(i * 0.1) AS BIGINT) END AS manager_id, DATE '2012-01-01' + CAST(floor(5000 * ${chance('i', 53, seed)}) AS INTEGER) AS hired
    FROM (SELECT i, ${nameColumns(seed + 1)} FROM range(1, ${EMPLOYEES + 1}) AS numbers(i))`;
}

export function salaryRows({ seed }: ShopSize): string {
  return `SELECT i AS employee_id, year, CAST(floor(38000 + 90000 * pow(${chance('i', 54, seed)}, 2) * (1 + 0.03 * (year - 2022))) AS DECIMAL(38, 9)) AS base,
      CAST(floor(12000 * pow(${chance('i * 10 + year', 55, seed)}, 3)) AS DECIMAL(38, 9)) AS bonus, 'EUR' AS currency
    FROM range(1, ${EMPLOYEES + 1}) AS numbers(i), range(2022, 2027) AS years(year)`;
}
