DROP TABLE IF EXISTS revenue;
CREATE TABLE revenue AS SELECT country, sum(amount) AS amount FROM orders GROUP BY country;
