//! What the command palette finds of the book: customers, products, and documents by number.

use db::{Cursor, Limit, Tx};
use page::palette::{EACH, Finder, Finding, Hit, Sought, both_names};

use crate::store::{customers, invoices, orders, payments, products, quotations};

/// The kinds this crate knows.
pub fn finders() -> Vec<Finder> {
    vec![
        Finder {
            title_key: "nav-customers",
            icon: "cust",
            find: of_customers,
        },
        Finder {
            title_key: "nav-orders",
            icon: "doc",
            find: of_orders,
        },
        Finder {
            title_key: "nav-quotations",
            icon: "doc",
            find: of_quotations,
        },
        Finder {
            title_key: "nav-invoices",
            icon: "doc",
            find: of_invoices,
        },
        Finder {
            title_key: "nav-payments",
            icon: "doc",
            find: of_payments,
        },
        Finder {
            title_key: "nav-products",
            icon: "tag",
            find: of_products,
        },
    ]
}

fn of_customers<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let filter = customers::Filter {
            q: sought.q.clone(),
            ..customers::Filter::default()
        };
        let limit = Limit::parse(Some(EACH))?;
        let start = Cursor::start();
        let found =
            customers::list(tx, &sought.scope, &filter, sought.today, limit, &start).await?;
        let hits = found.items.into_iter().map(|customer| Hit {
            href: page::address("/customers", &customer.code),
            text: both_names(&customer.name, customer.name_local.as_deref()),
            beside: customer.code,
        });
        Ok(hits.collect())
    })
}

/// Orders by the beginning of their number: a name finds the customer.
fn of_orders<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(EACH))?;
        let found = orders::numbered(tx, &sought.scope, &sought.q, sought.today, limit).await?;
        let hits = found.into_iter().map(|order| Hit {
            href: page::address("/orders", &order.number),
            text: order.number,
            beside: order.customer_name,
        });
        Ok(hits.collect())
    })
}

fn of_quotations<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(EACH))?;
        let sight = (&sought.scope, sought.today);
        let found = quotations::numbered(tx, sight, &sought.q, limit).await?;
        let hits = found.into_iter().map(|quotation| Hit {
            href: page::address("/quotations", &quotation.number),
            text: quotation.number,
            beside: quotation.customer_name,
        });
        Ok(hits.collect())
    })
}

fn of_invoices<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(EACH))?;
        let sight = (&sought.scope, sought.today);
        let found = invoices::numbered(tx, sight, &sought.q, limit).await?;
        let hits = found.into_iter().map(|invoice| Hit {
            href: page::address("/invoices", &invoice.number),
            text: invoice.number,
            beside: invoice.customer_name,
        });
        Ok(hits.collect())
    })
}

fn of_payments<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(EACH))?;
        let sight = (&sought.scope, sought.today);
        let found = payments::numbered(tx, sight, &sought.q, limit).await?;
        let hits = found.into_iter().map(|payment| Hit {
            href: page::address("/payments", &payment.reference),
            text: payment.reference,
            beside: payment.payer_name,
        });
        Ok(hits.collect())
    })
}

fn of_products<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let filter = products::Filter {
            q: sought.q.clone(),
            ..products::Filter::default()
        };
        let limit = Limit::parse(Some(EACH))?;
        let found = products::list(tx, &filter, sought.today, limit, &Cursor::start()).await?;
        let hits = found.items.into_iter().map(|product| Hit {
            href: format!("/products?q={}", product.code),
            text: both_names(&product.name, product.name_local.as_deref()),
            beside: product.code,
        });
        Ok(hits.collect())
    })
}
