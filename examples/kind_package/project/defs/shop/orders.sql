DROP TABLE IF EXISTS orders;
CREATE TABLE orders (country TEXT, amount INTEGER);
INSERT INTO orders VALUES ('DE', 30), ('DE', 12), ('FR', 8);
