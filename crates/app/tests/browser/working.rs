//! The pages of the book worked in with the browser: a quotation on its way to an order, what is kept of
//! a customer, and two records looked at side by side; looked at on every screen.

use serde_json::Value;

use crate::{
    pictures::{faults_of, keep, lights, reads_in},
    visitor::{DESK, MANAGER, PHONE, Visitor},
};

/// What is recorded first, as another program would: a quotation, a contract, a sample, a rebate
/// agreement, and a telephone number two customers have. Gives the two customers' codes.
const BEGIN: &str = r"
    const send = async (method, path, body) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch('/api/v1' + path, { method, headers, body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(path + ': ' + await answer.text());
    };
    const read = async (path) => (await (await fetch('/api/v1' + path)).json()).items;
    return (async () => {
        const [one, other] = (await read('/customers?limit=2')).map((customer) => customer.code);
        const [product] = (await read('/products?limit=1')).map((product) => product.code);
        const lines = [{ product, quantity: '10' }, { product, quantity: '4', unit_price: '90' }];
        await send('POST', '/quotations', { number: 'QU-7', customer: one, lines });
        await send('POST', '/frameworks', { number: 'FC-7', customer: one, lines: [{ product, unit_price: '9', quantity: '100' }] });
        await send('POST', '/samples', { number: 'SP-7', customer: one, product, quantity: '2' });
        await send('POST', '/rebates', { number: 'RB-7', customer: one, method: 'incremental', tiers: [{ from_net: '100', percent: '1' }] });
        for (const code of [one, other]) await send('PATCH', '/customers/' + code, { phone: '+86 10 5555 0177' });
        return [one, other];
    })();";

#[tokio::test]
async fn a_quotation_goes_from_draft_to_order_and_a_no_stands_beside_its_field() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    manager.runs(BEGIN).await;
    manager.opens("/quotations/QU-7").await;
    manager.clicks("main a[href$='?do=change']").await;
    manager
        .waits_for("document.querySelector('#valid_until')")
        .await;
    // The form is where reading goes on, and what is refused stands beside its field.
    let there = "document.querySelector('#deed').contains(document.activeElement)";
    manager.waits_for(there).await;
    manager
        .runs("document.querySelector('#valid_until').value = '2020-01-01'")
        .await;
    manager
        .clicks("form[action='/quotations/QU-7/change'] button")
        .await;
    manager
        .waits_for("document.querySelector('#valid_until-error')")
        .await;
    // The browser itself notes that it was refused, and nothing else.
    let noted = manager.complaints().await;
    assert!(noted.iter().all(|one| one.contains("422")), "{noted:?}");
    manager
        .runs(
            "document.querySelector('#valid_until').value = document.querySelector('#date').value",
        )
        .await;
    manager.presses_with_control('\u{e007}').await;
    manager
        .waits_for("document.querySelector('main a[href$=\"?do=send\"]')")
        .await;
    for deed in ["send", "accept", "convert"] {
        manager.clicks(&format!("main a[href$='?do={deed}']")).await;
        manager
            .waits_for(&format!(
                "document.querySelector('form[action$=\"/{deed}\"]')"
            ))
            .await;
        manager.presses_with_control('\u{e007}').await;
        manager.waits_for("!document.querySelector('#deed')").await;
    }
    manager
        .waits_for("location.pathname.startsWith('/orders/')")
        .await;
    assert_eq!(manager.complaints().await, [""; 0]);
}

#[tokio::test]
async fn the_pages_fit_their_screens_in_every_light_and_language() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    let codes: Value = manager.runs(BEGIN).await;
    let code = |place: usize| codes[place].as_str().unwrap_or_default();
    let (one, other) = (code(0), code(1));
    let pages = [
        ("quotation-change", "/quotations/QU-7?do=change".to_owned()),
        ("quotation", "/quotations/QU-7".to_owned()),
        ("framework", "/frameworks/FC-7?do=change".to_owned()),
        ("frameworks", "/frameworks".to_owned()),
        ("sample", "/samples/SP-7?do=sell".to_owned()),
        ("samples", "/samples".to_owned()),
        ("rebate", "/rebates/RB-7".to_owned()),
        ("rebate-change", "/rebates/RB-7?do=change".to_owned()),
        ("contact-new", format!("/customers/{one}/contacts/new")),
        ("address-new", format!("/customers/{one}/addresses/new")),
        ("tie-new", format!("/customers/{one}/ties/new")),
        ("terms-new", format!("/customers/{one}/payment-terms/new")),
        ("file-new", format!("/customers/{one}/files/new")),
        ("duplicates", "/customers/duplicates".to_owned()),
        ("merge", format!("/customers/{other}/merge?into={one}")),
    ];
    let mut faults = Vec::new();
    let looks = [
        ("en", "light"),
        ("en", "dark"),
        ("zh-CN", "light"),
        ("zh-CN", "dark"),
    ];
    for (lang, theme) in looks {
        reads_in(&manager, lang).await;
        lights(&manager, theme).await;
        for (name, path) in &pages {
            manager.opens(path).await;
            faults.extend(looked_at(&manager, &format!("{name}-{lang}-{theme}")).await);
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Takes a picture on each screen; what is wrong with the page that is open.
async fn looked_at(manager: &Visitor, look: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for screen in [PHONE, DESK] {
        manager.sits_at(screen).await;
        let picture = format!("working-{look}-{}", screen.width);
        keep(&picture, &manager.picture().await);
        let found = faults_of(manager, screen).await.into_iter();
        faults.extend(found.map(|fault| format!("{picture}: {fault}")));
    }
    faults
}

#[tokio::test]
async fn a_contact_and_a_file_are_kept_from_the_customers_page() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    manager.opens("/customers").await;
    manager.clicks("main tbody th a").await;
    manager
        .waits_for("document.querySelector('main a[href$=\"/contacts/new\"]')")
        .await;
    manager.clicks("main a[href$='/contacts/new']").await;
    manager
        .waits_for("document.querySelector('main #name')")
        .await;
    manager
        .runs("document.querySelector('#name').focus()")
        .await;
    manager.types("Lin Wei").await;
    manager.presses_with_control('\u{e007}').await;
    manager
        .waits_for("document.querySelector('main').innerText.includes('Lin Wei')")
        .await;
    let file = std::env::temp_dir().join(format!("letter-{}.txt", std::process::id()));
    std::fs::write(&file, "Dear Lin Wei,\n").unwrap();
    manager.clicks("main a[href$='/files/new']").await;
    manager
        .waits_for("document.querySelector('main #file')")
        .await;
    manager.chooses_file("#file", &file).await;
    manager.clicks("form[action$='/files'] button").await;
    manager
        .waits_for("document.querySelector('main a[href^=\"/attachments/\"]')")
        .await;
    std::fs::remove_file(&file).unwrap();
    manager.clicks("main a[href$='/edit']").await;
    manager
        .waits_for("document.querySelector('form[action$=\"/remove\"] button')")
        .await;
    manager.clicks("form[action$='/remove'] button").await;
    manager
        .waits_for("location.pathname.startsWith('/customers/') && !document.querySelector('main a[href^=\"/attachments/\"]')")
        .await;
    assert_eq!(manager.complaints().await, [""; 0]);
}
