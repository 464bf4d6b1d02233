//! What the command palette finds of the book: customers, products, and documents by number.

use db::{Cursor, Limit, Tx};
use page::palette::{EACH, Finder, Finding, Hit, Sought, both_names};

use super::listing::Document;
use crate::store::{
    credit_notes::CreditNote, customers, deliveries::Delivery, frameworks::Framework,
    invoices::Invoice, listed, orders::Order, payments::Payment, products, quotations::Quotation,
    rebates::Rebate, samples::Sample,
};

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
            find: of_documents::<Quotation>,
        },
        Finder {
            title_key: "nav-frameworks",
            icon: "doc",
            find: of_documents::<Framework>,
        },
        Finder {
            title_key: "nav-trials",
            icon: "doc",
            find: of_documents::<Sample>,
        },
        Finder {
            title_key: "nav-rebates",
            icon: "doc",
            find: of_documents::<Rebate>,
        },
        Finder {
            title_key: "nav-invoices",
            icon: "doc",
            find: of_documents::<Invoice>,
        },
        Finder {
            title_key: "nav-credit-notes",
            icon: "doc",
            find: of_documents::<CreditNote>,
        },
        Finder {
            title_key: "nav-deliveries",
            icon: "doc",
            find: of_documents::<Delivery>,
        },
        Finder {
            title_key: "nav-payments",
            icon: "doc",
            find: of_documents::<Payment>,
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

/// Documents by the beginning of their number: a name finds the customer.
fn of_documents<'a, T: Document>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(EACH))?;
        let sight = (&sought.scope, sought.today);
        let found: Vec<T> = listed::numbered(tx, sight, &sought.q, limit).await?;
        let hits = found.iter().map(|one| {
            let (_, name, local) = one.buyer();
            Hit {
                href: page::address(T::PATH, one.number()),
                text: one.number().to_owned(),
                beside: both_names(name, local),
            }
        });
        Ok(hits.collect())
    })
}

/// Orders are found alike; their list is one of its own.
fn of_orders<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(EACH))?;
        let sight = (&sought.scope, sought.today);
        let found: Vec<Order> = listed::numbered(tx, sight, &sought.q, limit).await?;
        let hits = found.into_iter().map(|order| Hit {
            href: page::address("/orders", &order.number),
            text: order.number,
            beside: both_names(&order.customer_name, order.customer_local.as_deref()),
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
