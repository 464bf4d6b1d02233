//! Money in the browser: a payment is recorded, settles an invoice and is taken back; totals of a
//! document's lines are seen on a phone; the pages look right on every screen.

use serde_json::Value;

use crate::{
    pictures::{faults_of, keep, lights, reads_in},
    visitor::{CONTROLLER, DESK, PHONE, Screen, Visitor},
};

/// An order on its way to being paid, and an invoice with something open. Gives the customer's code.
const BEGIN: &str = r"
    const send = async (method, path, body) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch('/api/v1' + path, { method, headers, body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(path + ': ' + await answer.text());
    };
    const read = async (path) => (await (await fetch('/api/v1' + path)).json()).items;
    return (async () => {
        const [customer] = (await read('/customers?limit=1')).map((customer) => customer.code);
        const [product] = (await read('/products?limit=1')).map((product) => product.code);
        const line = { product, quantity: '1000', unit_price: '1234.5', tax_percent: '13' };
        await send('POST', '/orders', { number: 'SO-7', customer, lines: [line, line] });
        await send('POST', '/orders/SO-7/confirm', {});
        await send('POST', '/orders/SO-7/deliveries', { number: 'DN-7' });
        await send('POST', '/invoices', { number: 'IN-7', order: 'SO-7', lines: [{ order_line: 1, quantity: '800' }] });
        await send('POST', '/invoices', { number: 'IN-8', customer, amount_gross: '500', currency: 'CNY' });
        await send('POST', '/credit-notes', { number: 'CN-7', invoice: 'IN-8', amount_gross: '30', reason: 'Late' });
        await send('POST', '/quotations', { number: 'QU-7', customer, lines: [line] });
        return customer;
    })();";

/// Keeps a picture of the open page on each screen, and tells what is wrong with it there.
async fn seen_on(who: &Visitor, screens: [Screen; 2], picture: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for screen in screens {
        who.sits_at(screen).await;
        let picture = format!("{picture}-{}", screen.width);
        keep(&picture, &who.picture().await);
        let found = faults_of(who, screen).await.into_iter();
        faults.extend(found.map(|fault| format!("{picture}: {fault}")));
    }
    faults
}

/// Types into a field what stands there afterwards.
async fn fills(who: &Visitor, field: &str, text: &str) {
    who.runs(&format!(
        "const field = document.querySelector('#{field}'); field.value = ''; field.focus()"
    ))
    .await;
    who.types(text).await;
}

#[tokio::test]
async fn a_payment_is_recorded_settles_an_invoice_and_is_taken_back() {
    let Some(finance) = Visitor::arrives().await else {
        return;
    };
    finance.signs_in(CONTROLLER).await;
    let customer = finance.runs(BEGIN).await;
    finance.opens("/payments").await;
    finance.clicks("main a[href='/payments/new']").await;
    finance
        .waits_for("document.querySelector('main #amount')")
        .await;
    fills(&finance, "customer", customer.as_str().unwrap()).await;
    fills(&finance, "reference", "PM-7").await;
    fills(&finance, "amount", "0").await;
    finance
        .clicks("form[action='/payments'][method=post] button")
        .await;
    finance
        .waits_for("document.querySelector('#amount-error')")
        .await;
    assert_eq!(
        finance
            .reads("document.querySelector('#reference').value")
            .await,
        "PM-7",
        "what was typed stays"
    );
    fills(&finance, "amount", "300").await;
    fills(&finance, "currency", "CNY").await;
    finance.presses_with_control('\u{e007}').await;
    finance
        .waits_for("location.pathname === '/payments/PM-7'")
        .await;

    finance.clicks("main a[href$='?do=settle']").await;
    finance
        .waits_for("document.querySelector('#invoice-list option[value=\"IN-8\"]')")
        .await;
    fills(&finance, "invoice", "IN-8").await;
    fills(&finance, "amount", "301").await;
    finance.presses_with_control('\u{e007}').await;
    finance
        .waits_for("document.querySelector('#amount-error')")
        .await;
    fills(&finance, "amount", "299.5").await;
    finance.presses_with_control('\u{e007}').await;
    finance
        .waits_for("!document.querySelector('#deed') && document.querySelector('main a[href=\"/invoices/IN-8\"]')")
        .await;

    finance.clicks("main a[href$='?do=release']").await;
    finance
        .waits_for("document.querySelector('#allocation option')")
        .await;
    fills(&finance, "reason", "Of another customer").await;
    finance.presses_with_control('\u{e007}').await;
    finance
        .waits_for("!document.querySelector('#deed') && document.querySelector('main').innerText.includes('until')")
        .await;
    let left = finance
        .reads("document.querySelector('main').innerText")
        .await;
    assert!(left.contains("300.00 CNY"), "{left}");
    // The browser itself notes that it was refused twice, and nothing else.
    let noted = finance.complaints().await;
    assert!(noted.iter().all(|one| one.contains("422")), "{noted:?}");
    assert_eq!(noted.len(), 2, "{noted:?}");
}

/// The sums of the lines, with where they end, and whether each is seen without scrolling.
const SUMS: &str = r"[...document.querySelectorAll('main dl.kv dd')].map((sum) => {
    const box = sum.getBoundingClientRect();
    return [sum.innerText, sum.checkVisibility() && 0 <= box.left && box.right <= innerWidth];
})";

#[tokio::test]
async fn the_sums_of_a_document_are_seen_on_a_phone() {
    let Some(finance) = Visitor::arrives().await else {
        return;
    };
    finance.signs_in(CONTROLLER).await;
    finance.runs(BEGIN).await;
    for (path, gross) in [
        ("/orders/SO-7", "2,789,970.00"),
        ("/invoices/IN-7", "1,115,988.00"),
        ("/quotations/QU-7", "1,394,985.00"),
    ] {
        finance.sits_at(PHONE).await;
        finance.opens(path).await;
        let sums: Vec<(String, bool)> = serde_json::from_value(finance.finds(SUMS).await).unwrap();
        assert_eq!(sums.len(), 3, "{path}: {sums:?}");
        assert!(sums.iter().all(|(_, is_seen)| *is_seen), "{path}: {sums:?}");
        assert_eq!(sums[2].0, gross, "{path}");
        // They are told once: below the table here, in it on a desk.
        let told = format!(
            "[...document.querySelector('main dl.kv').closest('.card').querySelectorAll('dd, td')].filter((one) => one.innerText === {gross:?} && one.checkVisibility()).length"
        );
        assert_eq!(finance.finds(&told).await, 1, "{path} on a phone");
        finance.sits_at(DESK).await;
        assert_eq!(finance.finds(&told).await, 1, "{path} on a desk");
    }
}

#[tokio::test]
async fn pages_of_money_fit_their_screens_in_every_light_and_language() {
    let Some(finance) = Visitor::arrives().await else {
        return;
    };
    finance.signs_in(CONTROLLER).await;
    let customer: Value = finance.runs(BEGIN).await;
    let paid = format!(
        "const headers = {{ 'content-type': 'application/json' }};
        const send = (path, body) => fetch('/api/v1' + path, {{ method: 'POST', headers, body: JSON.stringify(body) }});
        return (async () => {{
            await send('/payments', {{ reference: 'PM-7', customer: {customer}, currency: 'CNY', amount: '300' }});
            await send('/payments/PM-7/allocations', {{ invoice: 'IN-8', amount: '100' }});
        }})();"
    );
    finance.runs(&paid).await;
    let pages = [
        ("deliveries", "/deliveries"),
        ("delivery-bill", "/deliveries/DN-7?do=bill"),
        ("invoice", "/invoices/IN-7"),
        ("invoice-credit", "/invoices/IN-7?do=credit"),
        ("credit-notes", "/credit-notes"),
        ("credit-note", "/credit-notes/CN-7?do=change"),
        ("payment-new", "/payments/new"),
        ("payment-settle", "/payments/PM-7?do=settle"),
        ("payment-release", "/payments/PM-7?do=release"),
        ("order", "/orders/SO-7"),
    ];
    let mut faults = Vec::new();
    for (lang, theme) in [("en", "light"), ("zh-CN", "dark")] {
        reads_in(&finance, lang).await;
        lights(&finance, theme).await;
        for (name, path) in pages {
            finance.opens(path).await;
            let picture = format!("money-{name}-{lang}-{theme}");
            faults.extend(seen_on(&finance, [PHONE, DESK], &picture).await);
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
