SELECT c.country, COUNT(*) AS orders, ROUND(SUM(o.amount), 2) AS revenue, COUNT(DISTINCT o.customer_id) AS customers
FROM `shop.sales.orders` AS o
JOIN `shop.sales.customers` AS c USING (customer_id)
WHERE o.ordered_at >= TIMESTAMP '2026-01-01 00:00:00+00' AND o.status IN ('paid', 'shipped') AND c.email IS NOT NULL
GROUP BY c.country
HAVING revenue > 1000
ORDER BY revenue DESC
LIMIT 20
