-- The index by amount has the status beside it; one more behind the status cost every order entered a page.
drop index book_order_status_net;
