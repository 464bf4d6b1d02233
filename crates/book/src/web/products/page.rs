//! `/products`: the list of products with today's list prices.

use axum::{extract::State, http::Uri};
use kernel::Price;
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Query, Result, num,
    parts::{stackable_table, th, th_n},
};

use super::ProductsQuery;
use crate::{
    store::{
        groups::{self, Group, Of},
        products::{self, Product},
    },
    web::address,
};

/// `GET /products`.
pub async fn show(
    State(kit): State<Kit>,
    _actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<ProductsQuery>,
) -> Result<Markup> {
    let (limit, cursor) = query.page()?;
    let mut tx = kit.db.read().await?;
    let found =
        products::list(&mut tx, &query.q, &query.group, kit.today(), limit, &cursor).await?;
    let groups = groups::list(&mut tx, Of::Products).await?;
    let next = org::api::next_href(&uri, found.next.as_ref());
    Ok(products_page(
        &frame,
        &query,
        &groups,
        &found.items,
        next.as_deref(),
    ))
}

fn products_page(
    frame: &Frame,
    query: &ProductsQuery,
    groups: &[Group],
    products: &[Product],
    next: Option<&str>,
) -> Markup {
    let title = frame.t("products-title");
    let search = page::search_form(frame, "/products", &query.q, &[("group", &query.group)]);
    let chips = page::filter_bar(frame, &group_chips(frame, query, groups), search);
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("products-sub"), html! {}))
            (chips)
            (page::card(frame.t("products-list"), "", html! {}, rows(frame, query, products)))
            (page::pager(frame, next))
        },
    )
}

/// The group that is set with a way to take it away, else the first few groups to choose from.
fn group_chips(frame: &Frame, query: &ProductsQuery, groups: &[Group]) -> Vec<page::Filter> {
    let label = frame.t("products-group");
    if let Some(set) = groups
        .iter()
        .find(|group| group.code.eq_ignore_ascii_case(&query.group))
    {
        let href = address::with("/products", &[("q", &query.q)]);
        return vec![page::Filter {
            label,
            value: Some(set.shown(frame.is_zh()).to_owned()),
            href,
        }];
    }
    let offered = groups.iter().take(8).map(|group| page::Filter {
        label: group.shown(frame.is_zh()).to_owned(),
        value: None,
        href: address::with("/products", &[("q", &query.q), ("group", &group.code)]),
    });
    offered.collect()
}

fn rows(frame: &Frame, query: &ProductsQuery, products: &[Product]) -> Markup {
    if products.is_empty() {
        let asked = !query.q.is_empty() || !query.group.is_empty();
        let (title, next) = if asked {
            ("products-not-found", "products-not-found-next")
        } else {
            ("products-none", "products-none-next")
        };
        return page::empty(frame.t(title), frame.t(next), html! {});
    }
    let head = html! { tr {
        (th(frame.t("products-name"))) (th(frame.t("products-group")))
        (th_n(frame.t("products-list-price"))) (th(frame.t("products-currency")))
    } };
    let body = html! { @for product in products { tr.two {
        th scope="row" {
            (product.name)
            @if let Some(local) = &product.name_local { " " span.t3 lang="zh" { (local) } }
            span.sub { (product.code) }
        }
        td { (product.group_name.as_deref().unwrap_or(num::MISSING)) }
        td.n.m-tr { (product.list_price.map_or(num::MISSING.to_owned(), written)) }
        td { (product.currency) }
    } } };
    stackable_table(&frame.t("products-list"), head, body)
}

/// A price with commas between thousands.
pub fn written(millionths: i64) -> String {
    let text = Price::of_millionths(millionths).to_string();
    let (units, decimals) = text.split_once('.').unwrap_or((&text, "00"));
    let units: i64 = units.parse().unwrap_or(0);
    format!("{}.{decimals}", num::whole(units))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let product = |id: i64, name: &str, local: Option<&str>, price: Option<i64>| Product {
        id,
        code: format!("P-{id}"),
        name: name.to_owned(),
        name_local: local.map(str::to_owned),
        group_code: Some("coat".to_owned()),
        group_name: Some("Coatings".to_owned()),
        currency: "CNY".to_owned(),
        list_price: price,
        cost: None,
        version: 1,
        ended_on: None,
        sort_key: name.to_owned(),
    };
    let products = [
        product(
            1,
            "Epoxy primer, 20 l",
            Some("环氧底漆 20升"),
            Some(1_234_500_000),
        ),
        product(2, "Topcoat, grey", None, None),
    ];
    let group = Group {
        id: 1,
        code: "coat".to_owned(),
        name: "Coatings".to_owned(),
        name_local: Some("涂料".to_owned()),
    };
    products_page(
        frame,
        &ProductsQuery::default(),
        &[group],
        &products,
        Some("/products?cursor=2-61"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_keep_all_their_decimals() {
        assert_eq!(written(1_234_500_000), "1,234.50");
        assert_eq!(written(2_024_994_000), "2,024.994");
        assert_eq!(written(999), "0.000999");
    }
}
