//! `/products`: the list of products with today's list prices.

use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use db::Count;
use kernel::Price;
use maud::{Markup, html};
use org::web::views;
use page::{
    Actor, Asked, Column, Frame, Kit, ListPage, Narrowing, Query, Result, View, list::Row,
    list_page, num,
};

use super::ProductsQuery;
use crate::{
    store::{
        groups::{self, Group, Of},
        products::{self, Look, Product},
    },
    web::names,
};

/// What the page is drawn from.
struct Shown<'a> {
    asked: Asked,
    further: bool,
    look: &'a Look,
    groups: &'a [Group],
    views: &'a [View],
}

/// `GET /products`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<ProductsQuery>,
) -> Result<Response> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let views = views::of(&mut tx, &actor, "/products").await?;
    if let Some(elsewhere) = views::opening(&uri, &views) {
        return Ok(elsewhere);
    }
    let groups = groups::list(&mut tx, Of::Products).await?;
    let look = products::look(&mut tx, &filter, kit.today(), limit, &cursor).await?;
    let shown = Shown {
        asked: query.asked(),
        further: !cursor.is_start(),
        look: &look,
        groups: &groups,
        views: &views,
    };
    Ok(products_page(&frame, &shown).into_response())
}

fn products_page(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let look = shown.look;
    let columns = vec![
        Column::of(frame.t("products-name")).sorts("name"),
        Column::of(frame.t("products-group")).sorts("group"),
        Column::of(frame.t("products-list-price"))
            .sorts_down("price")
            .number(),
        Column::of(frame.t("products-currency")),
    ];
    let groups = shown.groups.iter().map(|group| {
        let name = group.shown(frame.is_zh()).to_owned();
        (group.code.clone(), name)
    });
    let label = frame.t("products-group");
    let mut filters = vec![Narrowing::choice(
        &shown.asked,
        label,
        "group",
        groups.collect(),
    )];
    filters.retain(Narrowing::is_of_use);
    list_page(
        frame,
        &ListPage {
            title: frame.t("products-title"),
            sub: frame.t("products-sub"),
            actions: html! {},
            exports: vec![
                ("/products/export.csv", "CSV"),
                ("/products/export.xlsx", "XLSX"),
            ],
            asked: &shown.asked,
            views: shown.views,
            filters,
            search: frame.t("products-search"),
            caption: frame.t("products-list"),
            meta: String::new(),
            columns,
            sort: look.sort,
            count: look.count,
            rows: look
                .products
                .items
                .iter()
                .map(|product| row(frame, product))
                .collect(),
            none: (frame.t("products-none"), frame.t("products-none-next")),
            not_found: (
                frame.t("products-not-found"),
                frame.t("products-not-found-next"),
            ),
            next: look.products.next.as_ref(),
            further: shown.further,
            bulk: None,
        },
    )
}

fn row(frame: &Frame, product: &Product) -> Row {
    let local = product.name_local.as_deref();
    Row {
        code: product.code.clone(),
        name: names::one(frame, &product.name, local).to_owned(),
        cells: html! {
            th scope="row" {
                (names::one(frame, &product.name, local)) " " span.t3 { (names::other(frame, &product.name, local)) }
                span.sub { (product.code) }
            }
            td { (product.group_name.as_deref().map_or(num::MISSING, |name| names::one(frame, name, product.group_local.as_deref()))) }
            td.n.m-tr { (product.list_price.map_or(num::MISSING.to_owned(), written)) }
            td { (product.currency) }
        },
    }
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
        group_local: Some("涂料".to_owned()),
        currency: "CNY".to_owned(),
        list_price: price,
        cost: None,
        version: 1,
        ended_on: None,
        sort_key: name.to_owned(),
    };
    let items = vec![
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
        version: 1,
    };
    let look = Look {
        products: db::Listing { items, next: None },
        count: Count::Exactly(2),
        sort: products::USUAL,
    };
    let shown = Shown {
        asked: ProductsQuery::default().asked(),
        further: false,
        look: &look,
        groups: &[group],
        views: &[],
    };
    products_page(frame, &shown)
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
