-- The customers that are customers still, by name.
create index book_customer_active on book_customer (ended_on, sort_key, id);
