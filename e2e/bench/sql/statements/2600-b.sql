-- Weekly cohorts: who came back, what they spent, and which articles brought them.
-- An order counts for the week in which it was placed in Berlin, whatever the time zone of the shop; refunds out of goodwill do not undo it.
WITH first_orders AS (
  SELECT customer_id, MIN(DATE(ordered_at, 'Europe/Berlin')) AS first_day, ARRAY_AGG(channel ORDER BY ordered_at LIMIT 1)[OFFSET(0)] AS channel
  FROM `shop.sales.orders`
  WHERE status NOT IN ('cancelled', 'test') AND _PARTITIONDATE BETWEEN DATE '2025-01-01' AND CURRENT_DATE()
  GROUP BY customer_id
),
lines AS (
  SELECT
    o.order_id,
    o.customer_id,
    DATE_TRUNC(DATE(o.ordered_at, 'Europe/Berlin'), WEEK(MONDAY)) AS week,
    item.sku,
    item.quantity * item.price AS gross,
    SAFE_DIVIDE(item.discount, NULLIF(item.quantity * item.price, 0)) AS discount_rate,
    REGEXP_EXTRACT(o.landing_page, r'^https?://([^/?#]+)') AS host,
    IFNULL(JSON_VALUE(o.context, '$.campaign.name'), 'none') AS campaign,
    EXTRACT(DAYOFWEEK FROM o.ordered_at AT TIME ZONE 'Europe/Berlin') IN (1, 7) AS is_weekend
  FROM `shop.sales.orders` AS o, UNNEST(o.items) AS item WITH OFFSET AS position
  WHERE position < 50 AND NOT EXISTS (SELECT 1 FROM `shop.sales.refunds` AS r WHERE r.order_id = o.order_id AND r.reason != 'goodwill')
),
weekly AS (
  SELECT
    f.channel,
    DATE_TRUNC(f.first_day, WEEK(MONDAY)) AS cohort,
    DATE_DIFF(l.week, DATE_TRUNC(f.first_day, WEEK(MONDAY)), WEEK) AS age,
    COUNT(DISTINCT l.customer_id) AS customers,
    SUM(l.gross) AS revenue,
    AVG(l.discount_rate) AS discount_rate,
    APPROX_TOP_COUNT(l.sku, 5) AS top_skus,
    STRING_AGG(DISTINCT l.campaign, ', ' ORDER BY l.campaign) AS campaigns
  FROM lines AS l
  JOIN first_orders AS f USING (customer_id)
  GROUP BY channel, cohort, age
)
SELECT
  w.*,
  SAFE_DIVIDE(w.customers, FIRST_VALUE(w.customers) OVER (PARTITION BY w.channel, w.cohort ORDER BY w.age ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS retention,
  SUM(w.revenue) OVER (PARTITION BY w.channel, w.cohort ORDER BY w.age) AS revenue_so_far,
  CASE
    WHEN w.age = 0 THEN 'new'
    WHEN w.age BETWEEN 1 AND 4 THEN 'first month'
    WHEN w.age < 13 THEN 'first quarter'
    ELSE FORMAT('week %d', w.age)
  END AS phase,
  (SELECT AS STRUCT top.value, top.count FROM UNNEST(w.top_skus) AS top ORDER BY top.count DESC LIMIT 1) AS best_seller
FROM weekly AS w
WHERE w.cohort >= DATE_SUB(CURRENT_DATE(), INTERVAL 52 WEEK) AND w.customers >= 10
QUALIFY ROW_NUMBER() OVER (PARTITION BY w.channel ORDER BY w.revenue DESC) <= 100
ORDER BY w.channel, w.cohort DESC, w.age
