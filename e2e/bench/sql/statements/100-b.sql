SELECT order_id, customer_id, amount FROM `shop.sales.orders` WHERE order_id = 4711 ORDER BY amount
