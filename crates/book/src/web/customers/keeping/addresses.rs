//! Addresses as they stand in a form.

use db::Tx;
use kernel::Role;
use maud::{Markup, html};
use org::api::Act;
use page::{Choice, FieldKind, FieldSpec, Frame, Result, field};
use serde_json::{Map, Value};

use super::{Kept, change, days, first_day};
use crate::{
    CustomerId,
    contact::ADDRESS_KINDS,
    store::addresses::{self, Address},
    web::{
        addresses::{AddressChangeJson, MAY_CHANGE, NewAddressJson, add, save, take_back},
        deeds::{self, Opened, Typed},
        step::StepJson,
    },
};

const OTHERS: [&str; 6] = ["line2", "postcode", "city", "country", "from", "to"];

impl Kept for Address {
    type New = NewAddressJson;
    type Change = AddressChangeJson;

    const NOUN: &'static str = "address";
    const PATH: &'static str = "addresses";
    const MAY: &'static [Role] = &MAY_CHANGE;
    const ADD: Act<NewAddressJson> = |tx, ask| Box::pin(add(tx, ask));
    const SAVE: Act<AddressChangeJson> = |tx, ask| Box::pin(save(tx, ask));
    const TAKE_BACK: Act<StepJson> = |tx, ask| Box::pin(take_back(tx, ask));

    fn new_body(typed: &Typed) -> Result<NewAddressJson> {
        deeds::read(body(typed)?)
    }

    fn change_body(typed: &Typed) -> Result<AddressChangeJson> {
        deeds::read(body(typed)?)
    }

    async fn stored(tx: &mut Tx, customer: CustomerId, id: &str) -> db::Result<(Typed, i64)> {
        let one = addresses::fetch(tx, customer, id).await?;
        let from = first_day(&one.valid_from);
        let degrees = |degrees: Option<f64>| degrees.map(|degrees| degrees.to_string());
        let texts = [
            ("kind", Some(one.kind)),
            ("line1", Some(one.line1)),
            ("line2", one.line2),
            ("postcode", one.postcode),
            ("city", one.city),
            ("country", one.country),
            ("lat", degrees(one.lat)),
            ("lon", degrees(one.lon)),
            ("from", Some(from)),
            ("to", one.valid_to),
        ];
        let typed = texts.map(|(name, text)| (name.to_owned(), text.unwrap_or_default()));
        Ok((typed.into(), one.version))
    }

    fn fields(frame: &Frame, opened: &Opened) -> Markup {
        let kinds =
            ADDRESS_KINDS.map(|kind| Choice::new(kind, frame.t(&format!("address-{kind}"))));
        let hint = frame.t("address-country-hint");
        let one = |key: &str, id: &str, kind: FieldKind<'_>| {
            let label = frame.t(key);
            let spec = FieldSpec {
                kind,
                required: matches!(id, "kind" | "line1"),
                hint: (id == "country").then_some(hint.as_str()),
                ..opened.spec(id, &label)
            };
            field(frame, spec)
        };
        html! { div.formg {
            (one("address-kind", "kind", FieldKind::Select(&kinds)))
            (one("address-country", "country", FieldKind::Text))
            (one("address-line1", "line1", FieldKind::Text))
            (one("address-line2", "line2", FieldKind::Text))
            (one("address-postcode", "postcode", FieldKind::Text))
            (one("address-city", "city", FieldKind::Text))
            (one("address-lat", "lat", FieldKind::Number { unit: "°" }))
            (one("address-lon", "lon", FieldKind::Number { unit: "°" }))
            (days(frame, opened))
        } }
    }
}

fn body(typed: &Typed) -> Result<Map<String, Value>> {
    let mut body = change(typed, &["kind", "line1"], &OTHERS);
    for name in ["lat", "lon"] {
        body.insert(name.to_owned(), deeds::number(typed, name)?);
    }
    Ok(body)
}
