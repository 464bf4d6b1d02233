//! A workbook read in with the browser, from choosing it to what came in; looked at on every screen.

use std::{fs, path::PathBuf};

use fantoccini::key::Key;
use rust_xlsxwriter::Workbook;

use crate::{
    pictures::{faults_of, keep, lights, reads_in},
    visitor::{DESK, MANAGER, PHONE, Visitor},
};

#[tokio::test]
async fn a_workbook_goes_in_step_by_step() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    let customer = first_code(&manager, "/customers").await;
    manager.opens("/products").await;
    let product = "document.querySelector('main tbody input[name=pick], main tbody [data-row] .mono, main tbody .sub')";
    let product = manager
        .reads(&format!(
            "(({product}).value ?? ({product}).innerText).trim()"
        ))
        .await;
    let file = workbook(&customer, &product);
    let mut faults = Vec::new();
    for (lang, tag) in [("en", "en"), ("zh", "zh-CN")] {
        reads_in(&manager, tag).await;
        for theme in ["light", "dark"] {
            lights(&manager, theme).await;
            let look = format!("{lang}-{theme}");
            // Whatever was read in before is recorded then, so only the first time rows are added.
            faults.extend(goes_through(&manager, &file, &look).await);
        }
    }
    is_corrected_with_the_keyboard(&manager, &file, &customer).await;
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    // The way there, and without a script: the forms are plain ones.
    manager.opens("/").await;
    assert_eq!(
        manager
            .finds("!!document.querySelector('nav a[href=\"/import\"]')")
            .await,
        true
    );
    manager.opens("/import").await;
    let plain = "[...document.querySelectorAll('main form')].every((form) => form.method === 'post' && !form.hasAttribute('hx-post'))";
    assert_eq!(manager.finds(plain).await, true);
}

/// Sends the file, matches, checks and reads it in; what is wrong with the pages on the way.
async fn goes_through(manager: &Visitor, file: &std::path::Path, look: &str) -> Vec<String> {
    let mut faults = Vec::new();
    manager.opens("/import").await;
    faults.extend(looked_at(manager, "import", look).await);
    manager.chooses_file("#file", file).await;
    manager.clicks("form[action='/import'] button").await;
    manager
        .waits_for("location.pathname.startsWith('/import/') && document.querySelector('#columns')")
        .await;
    faults.extend(looked_at(manager, "import-match", look).await);
    manager.clicks("main .abar button").await;
    manager
        .waits_for("document.querySelector('main form[action$=\"/read\"] button')")
        .await;
    let shown = manager
        .reads("document.querySelector('main').innerText")
        .await;
    let told = if look.starts_with("zh") {
        "系统中没有这个编码或编号"
    } else {
        "There is no customer C-NOBODY."
    };
    assert!(shown.contains(told), "{shown}");
    faults.extend(looked_at(manager, "import-checked", look).await);
    manager.clicks("main form[action$='/read'] button").await;
    manager
        .waits_for("document.querySelector('main a[href$=\"/left-out.csv\"]')")
        .await;
    faults.extend(looked_at(manager, "import-done", look).await);
    faults
}

/// Takes a picture on each screen; what is wrong with the page that is open.
async fn looked_at(manager: &Visitor, name: &str, look: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for screen in [PHONE, DESK] {
        manager.sits_at(screen).await;
        let picture = format!("{name}-{}-{look}", screen.width);
        keep(&picture, &manager.picture().await);
        let found = faults_of(manager, screen).await.into_iter();
        faults.extend(found.map(|fault| format!("{picture}: {fault}")));
    }
    faults
}

/// Puts a customer there is in the place of the one there is not, and has the file checked again.
async fn is_corrected_with_the_keyboard(manager: &Visitor, file: &std::path::Path, to: &str) {
    manager.opens("/import").await;
    manager.chooses_file("#file", file).await;
    manager.clicks("form[action='/import'] button").await;
    manager
        .waits_for("document.querySelector('#columns')")
        .await;
    manager.clicks("main .abar button").await;
    let field = "input[type=text][name='cell-3-customer']";
    manager
        .waits_for(&format!("document.querySelector(\"{field}\")"))
        .await;
    let place = manager.reads("location.pathname").await;
    let select = format!("const f = document.querySelector(\"{field}\"); f.focus(); f.select();");
    manager.runs(&select).await;
    manager.types(to).await;
    // Whoever leaves the field and the page finds it as it was left.
    let kept = format!("document.querySelector(\"{field}\").value");
    manager.runs("document.activeElement.blur();").await;
    manager
        .waits_for(
            "performance.getEntriesByType('resource').some((sent) => sent.name.endsWith('/keep'))",
        )
        .await;
    manager.opens("/import").await;
    manager.opens(&place).await;
    manager.waits_for("document.querySelector('main s')").await;
    assert_eq!(manager.reads(&kept).await, to);
    manager.runs(&select).await;
    manager.presses(&[Key::Enter.into()]).await;
    manager
        .waits_for(&format!("!document.querySelector(\"{field}\")"))
        .await;
}

async fn first_code(manager: &Visitor, list: &str) -> String {
    manager.opens(list).await;
    let script = format!(
        "document.querySelector('main tbody a[href^=\"{list}/\"]').pathname.split('/').at(-1)"
    );
    manager.reads(&script).await
}

/// Orders as another program writes them: two of them good, one of nobody.
fn workbook(customer: &str, product: &str) -> PathBuf {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = [
        "订单号",
        "客户编码",
        "订单日期",
        "产品编码",
        "数量",
        "单价",
        "传真",
    ];
    sheet.write_row(0, 0, head).unwrap();
    for (row, (number, buyer)) in (1..).zip([
        ("IMP-1", customer),
        ("IMP-2", "C-NOBODY"),
        ("IMP-3", customer),
    ]) {
        sheet
            .write_row(row, 0, [number, buyer, "2026-01-15", product])
            .unwrap();
        sheet.write(row, 4, 3).unwrap();
        sheet.write(row, 5, 12.5).unwrap();
        sheet.write(row, 6, "–").unwrap();
    }
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sent-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("四月订单 orders.xlsx");
    book.save(&file).unwrap();
    file
}
