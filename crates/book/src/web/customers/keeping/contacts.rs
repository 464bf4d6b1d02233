//! Contacts as they stand in a form.

use db::Tx;
use kernel::Role;
use maud::{Markup, html};
use org::api::Act;
use page::{Choice, FieldKind, FieldSpec, Frame, Result, field};

use super::{Kept, change, days, first_day};
use crate::{
    CustomerId,
    contact::{CHANNELS, ROLES},
    store::contacts::{self, Contact},
    web::{
        contacts::{ContactChangeJson, MAY_CHANGE, NewContactJson, add, save, take_back},
        deeds::{self, Opened, Typed},
        step::StepJson,
    },
};

const OTHERS: [&str; 7] = [
    "name_local",
    "phone",
    "email",
    "lang",
    "channel",
    "from",
    "to",
];

impl Kept for Contact {
    type New = NewContactJson;
    type Change = ContactChangeJson;

    const NOUN: &'static str = "contact";
    const PATH: &'static str = "contacts";
    const MAY: &'static [Role] = &MAY_CHANGE;
    const ADD: Act<NewContactJson> = |tx, ask| Box::pin(add(tx, ask));
    const SAVE: Act<ContactChangeJson> = |tx, ask| Box::pin(save(tx, ask));
    const TAKE_BACK: Act<StepJson> = |tx, ask| Box::pin(take_back(tx, ask));

    fn new_body(typed: &Typed) -> Result<NewContactJson> {
        deeds::read(change(typed, &["name", "role"], &OTHERS))
    }

    fn change_body(typed: &Typed) -> Result<ContactChangeJson> {
        deeds::read(change(typed, &["name", "role"], &OTHERS))
    }

    async fn stored(tx: &mut Tx, customer: CustomerId, id: &str) -> db::Result<(Typed, i64)> {
        let one = contacts::fetch(tx, customer, id).await?;
        let from = first_day(&one.valid_from);
        let texts = [
            ("name", Some(one.name)),
            ("name_local", one.name_local),
            ("role", Some(one.role)),
            ("phone", one.phone),
            ("email", one.email),
            ("lang", one.lang),
            ("channel", one.channel),
            ("from", Some(from)),
            ("to", one.valid_to),
        ];
        let typed = texts.map(|(name, text)| (name.to_owned(), text.unwrap_or_default()));
        Ok((typed.into(), one.version))
    }

    fn fields(frame: &Frame, opened: &Opened) -> Markup {
        let roles = ROLES.map(|role| Choice::new(role, frame.t(&format!("contact-{role}"))));
        let channels = CHANNELS.map(|way| Choice::new(way, frame.t(&format!("contact-by-{way}"))));
        let any = Choice::new("", frame.t("contact-by-any"));
        let channels: Vec<Choice> = std::iter::once(any).chain(channels).collect();
        let one = |key: &str, id: &str, kind: FieldKind<'_>| {
            let label = frame.t(key);
            let required = matches!(id, "name" | "role");
            let spec = opened.spec(id, &label);
            field(
                frame,
                FieldSpec {
                    kind,
                    required,
                    ..spec
                },
            )
        };
        html! { div.formg {
            (one("contact-name", "name", FieldKind::Text))
            (one("contact-name-local", "name_local", FieldKind::Text))
            (one("contact-role", "role", FieldKind::Select(&roles)))
            (one("contact-phone", "phone", FieldKind::Text))
            (one("contact-email", "email", FieldKind::Email))
            (one("contact-channel", "channel", FieldKind::Select(&channels)))
            (one("contact-lang", "lang", FieldKind::Text))
            div {}
            (days(frame, opened))
        } }
    }
}
