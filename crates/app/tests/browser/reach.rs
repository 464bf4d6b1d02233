//! Who sees what: a rep his own, the controller everything and changes nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    grid::Grid,
    visitor::{CONTROLLER, MANAGER, REP, Visitor},
};

/// The rep as pages name him.
const REP_NAME: &str = "Liu Yang";

#[tokio::test]
async fn a_rep_meets_nothing_of_his_colleagues() {
    let Some(visitor) = Visitor::arrives().await else {
        return;
    };
    visitor.signs_in(MANAGER).await;
    let region = number_of_customers(&visitor).await;
    let (foreign, code) = a_colleagues_customer(&visitor).await;
    visitor.opens("/").await;
    assert!(
        searches(&visitor, &foreign).await,
        "the manager finds {foreign}"
    );
    visitor.escapes().await;
    visitor.signs_out().await;

    visitor.signs_in(REP).await;
    let own = number_of_customers(&visitor).await;
    assert!(0 < own && own < region, "{own} of {region}");
    let owners = column(&visitor, "main table.tbl tbody", "Owner").await;
    assert_eq!(owners, BTreeSet::from([REP_NAME.to_owned()]));
    let name = visitor
        .reads("document.querySelector('main tbody th a').innerText")
        .await;
    visitor.opens("/").await;
    assert!(searches(&visitor, &name).await, "he finds {name}");
    assert!(
        !searches(&visitor, &foreign).await,
        "he must not find {foreign}"
    );
    visitor.escapes().await;

    sees_his_row_only(&visitor).await;
    assert_eq!(visitor.complaints().await, [""; 0]);
    assert_eq!(visitor.goes_to(&format!("/customers/{code}")).await, 404);
    let page = visitor
        .reads("document.querySelector('main').innerText")
        .await;
    assert!(!page.contains(&foreign), "{page}");
    let way_on = "!!document.querySelector('main .problem a[href]')";
    assert_eq!(visitor.finds(way_on).await, true);
}

async fn sees_his_row_only(rep: &Visitor) {
    rep.opens("/plan").await;
    let grid = Grid::of(rep).await;
    let names: Vec<&str> = grid.rows.iter().map(|row| row.title.as_str()).collect();
    assert_eq!((names.as_slice(), grid.inputs), ([REP_NAME].as_slice(), 0));
    cannot_plan(rep).await;
    rep.opens("/attainment").await;
    let people = column(rep, "main table.heat tbody", "Person").await;
    assert_eq!(people.len(), 1, "{people:?}");
}

#[tokio::test]
async fn a_controller_reads_all_regions_and_changes_no_target() {
    let Some(controller) = Visitor::arrives().await else {
        return;
    };
    controller.signs_in(CONTROLLER).await;
    controller.opens("/attainment").await;
    let lines = column(&controller, "main table.heat tbody", "Person").await;
    let plans = plans(&controller).await;
    assert_eq!(plans.len(), 3, "a plan for each region: {plans:?}");
    for (plan, unit) in &plans {
        assert!(lines.contains(unit), "{unit} is not among {lines:?}");
        controller.opens(plan).await;
        let grid = Grid::of(&controller).await;
        assert!(5 < grid.rows.len() && grid.inputs == 0, "{plan}");
        cannot_plan(&controller).await;
        for row in grid.rows.iter().filter(|row| row.title != "Pool") {
            let seen = lines.iter().any(|line| line.starts_with(&row.title));
            assert!(seen, "{} of {plan} is not among {lines:?}", row.title);
        }
    }
    assert_eq!(controller.complaints().await, [""; 0]);
    let refused = "return fetch('/plan/NORTH-2026/revise', { method: 'POST' }).then((answer) => answer.status)";
    assert_eq!(controller.runs(refused).await, 403);
}

/// The address of each plan, and the unit it is for.
async fn plans(visitor: &Visitor) -> Vec<(String, String)> {
    visitor.opens("/plan").await;
    let links = "[...document.querySelectorAll('main tbody a[href^=\"/plan/\"]')]
        .map((link) => [link.pathname, link.innerText])";
    serde_json::from_value(visitor.finds(links).await).unwrap()
}

/// Nothing on the page sends a change of the plan.
async fn cannot_plan(visitor: &Visitor) {
    let ways = "[...document.querySelectorAll('main [hx-post], main form[method=post], main [formaction]')]
        .map((one) => one.getAttribute('formaction') ?? one.getAttribute('action') ?? one.getAttribute('hx-post'))
        .filter((path) => !path.endsWith('/cells')).concat([...document.querySelectorAll('main input.cell')].map((one) => one.name))";
    assert_eq!(visitor.finds(ways).await, Value::Array(Vec::new()));
}

async fn number_of_customers(visitor: &Visitor) -> u32 {
    visitor.opens("/customers").await;
    let sentence = visitor
        .reads("document.querySelector('main .card header .meta').innerText")
        .await;
    let number = sentence.split(' ').next().unwrap().replace(',', "");
    number
        .parse()
        .unwrap_or_else(|_| panic!("{sentence:?} counts nothing"))
}

/// The name and the code of a customer that is not the rep's, from the open list.
async fn a_colleagues_customer(manager: &Visitor) -> (String, String) {
    let script = format!(
        "const row = [...document.querySelectorAll('main tbody tr')]
            .find((row) => !row.textContent.includes({REP_NAME:?}));
        const link = row.querySelector('th a');
        return [link.innerText, link.pathname.split('/').at(-1)];"
    );
    serde_json::from_value(manager.runs(&script).await).unwrap()
}

/// The texts under one head of a table.
async fn column(visitor: &Visitor, body: &str, head: &str) -> BTreeSet<String> {
    let script = format!(
        "const table = document.querySelector({body:?}).closest('table');
        const heads = [...[...table.tHead.rows].at(-1).cells];
        const place = heads.findIndex((one) => one.textContent === {head:?});
        return [...table.tBodies[0].rows].map((row) => row.cells[place].textContent.trim());"
    );
    serde_json::from_value(visitor.runs(&script).await).unwrap()
}

/// Whether the palette finds a customer of this name.
async fn searches(visitor: &Visitor, name: &str) -> bool {
    if visitor.finds("document.querySelector('#cmdk').open").await != true {
        visitor.presses_with_control('k').await;
        visitor
            .waits_for("document.activeElement.id === 'cmdq'")
            .await;
    }
    visitor.presses_with_control('a').await;
    visitor.types(name).await;
    // The search has been answered, and what was shown before is gone.
    let asked = format!(
        "performance.getEntriesByType('resource').some((one) => 0 < one.responseEnd
            && new URL(one.name).searchParams.get('q') === {name:?})
        && [...document.querySelectorAll('#cmdk [role=option][data-hit]')].every((hit) => hit.innerText.includes({name:?}))
        && (document.querySelector('#cmdk [role=option][data-hit]') || !document.querySelector('#cmdk [data-none]').hidden)"
    );
    visitor.waits_for(&asked).await;
    let hit = "!!document.querySelector('#cmdk [role=option][data-hit]')";
    visitor.finds(hit).await == true
}
