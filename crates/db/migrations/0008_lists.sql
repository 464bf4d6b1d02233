-- Lists over millions of orders: an index for every order a list can have, alone and behind a status.
drop index book_order_customer;
create index book_order_customer on book_order (customer_id, day, status, base_exact, currency, id);
create index book_order_status_day on book_order (status, day, id);
create index book_order_status_number on book_order (status, number_key, id);
-- A walk by amount for one sales person's customers passes by many rows of others: it reads only the index.
create index book_order_net on book_order (base_exact, id, customer_id, day, status, currency);
create index book_order_status_net on book_order (status, base_exact, id, customer_id, day, currency);
