//! The manager's trip: from the month on Today through a revision of the targets to what it means.

use fantoccini::key::Key;

use crate::{
    grid::{Grid, amount, opens_a_draft, whole},
    visitor::{MANAGER, Visitor},
};

/// Whose target is changed, as the grid names the cell.
const PERSON: &str = "Liu Yang";
const CELL: &str = "#plan input[aria-label='Liu Yang, Nov']";
/// A colleague in the same month.
const COLLEAGUE: &str = "Gao Yan";
const COLLEAGUES_CELL: &str = "#plan input[aria-label='Gao Yan, Nov']";
/// What the page tells about the last change.
const TOLD: &str = "document.querySelector('#toasts').innerText.trim()";

#[tokio::test]
async fn a_manager_moves_a_target_takes_it_back_and_publishes_another() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    sees_the_month(&manager).await;
    opens_a_draft(&manager).await;

    let before = Grid::of(&manager).await;
    let old = before.column("Nov")[PERSON];
    is_refused_a_word(&manager, &before).await;
    lowers(&manager, &before).await;
    manager.waits_for(&format!("{TOLD} === ''")).await;
    manager.clicks("#plan [data-undo]").await;
    manager.waits_for(&holds(old)).await;
    let back = Grid::of(&manager).await;
    assert_eq!((&back.rows, back.inputs), (&before.rows, before.inputs));

    lowers(&manager, &before).await;
    locks_the_cell(&manager).await;
    publishes(&manager, &before).await;
    sees_it_in_attainment(&manager, &before).await;
    assert_eq!(manager.complaints().await, [""; 0]);
}

async fn sees_the_month(manager: &Visitor) {
    let month = manager
        .reads("document.querySelector('main .kpi').innerText")
        .await;
    assert!(month.contains("Nov") && month.contains("target"), "{month}");
    let day = manager
        .reads("document.querySelector('main .ph p').innerText")
        .await;
    assert!(day.contains("23 November 2026"), "{day}");
}

/// A word is no amount: the reason is told and the cell shows what stands.
async fn is_refused_a_word(manager: &Visitor, before: &Grid) {
    manager.clicks(CELL).await;
    manager.types("x9").await;
    manager.presses(&[Key::Tab.into()]).await;
    manager.waits_for(&format!("{TOLD}.includes('x9')")).await;
    manager
        .waits_for(&holds(before.column("Nov")[PERSON]))
        .await;
    assert_eq!(Grid::of(manager).await, *before);
    // Chromium notes the refusal itself, and nothing else.
    let heard = manager.complaints().await;
    let [noted] = &heard[..] else {
        panic!("one refusal: {heard:?}");
    };
    assert!(noted.contains("status of 422"), "{noted}");
}

/// Takes twenty thousand off one person's November: the others carry it, nothing is lost.
async fn lowers(manager: &Visitor, before: &Grid) {
    let old = before.column("Nov")[PERSON];
    let new = old - whole(20);
    changes(manager, CELL, new).await;
    let after = Grid::of(manager).await;
    let (now, then) = (after.column("Nov"), before.column("Nov"));
    assert_eq!(now[PERSON], amount(&(new / whole(1)).to_string()));
    let others = now
        .iter()
        .filter(|(name, value)| **name != PERSON && then[*name] < **value);
    assert!(
        1 < others.count(),
        "nobody carries what was taken off: {now:?}"
    );
    for head in ["Oct", "Dec"] {
        assert_eq!(after.column(head), before.column(head), "{head} moved");
    }
    assert_eq!(
        after.below("Target", "2026"),
        before.below("Target", "2026")
    );
    assert_eq!(
        after.below("Allocated", "2026"),
        before.below("Allocated", "2026")
    );
    let left = after.all_below("Remainder");
    assert!(
        left.len() == 13 && left.iter().all(|one| *one == 0),
        "{left:?}"
    );
}

/// Presses a cell, types another amount over it and goes on; the answer marks the cell.
async fn changes(manager: &Visitor, cell: &str, amount: i64) {
    manager.clicks(cell).await;
    manager.types(&(amount / whole(1)).to_string()).await;
    manager.presses(&[Key::Tab.into()]).await;
    let marked = format!("document.querySelector({cell:?}).closest('td.chg')");
    manager.waits_for(&marked).await;
    manager
        .waits_for("document.querySelector('#plan [data-undo]')")
        .await;
}

/// That the cell shows this amount, as an expression on the page.
fn holds(amount: i64) -> String {
    format!(
        "document.querySelector({CELL:?})?.value === '{}'",
        amount / whole(1)
    )
}

/// A locked cell carries nothing of what is changed beside it.
async fn locks_the_cell(manager: &Visitor) {
    let open = Grid::of(manager).await;
    manager.clicks(CELL).await;
    manager.types("l").await;
    manager
        .waits_for("document.querySelector('#plan td.lk')")
        .await;
    let locked = Grid::of(manager).await;
    assert_eq!((locked.locked, locked.inputs + 1), (1, open.inputs));
    assert_eq!(locked.column("Nov"), open.column("Nov"));

    let more = (open.column("Nov")[COLLEAGUE] / whole(1) + 9) * whole(1);
    changes(manager, COLLEAGUES_CELL, more).await;
    let after = Grid::of(manager).await;
    assert_eq!(after.column("Nov")[COLLEAGUE], more);
    assert_eq!(after.column("Nov")[PERSON], open.column("Nov")[PERSON]);
    assert_eq!(
        after.below("Allocated", "Nov"),
        open.below("Allocated", "Nov")
    );
}

async fn publishes(manager: &Visitor, before: &Grid) {
    let draft = Grid::of(manager).await;
    // Asked first: nothing takes a published target back.
    manager.presses_with_control(Key::Enter.into()).await;
    manager
        .waits_for("document.querySelector('#ask').open")
        .await;
    assert_eq!(Grid::of(manager).await.inputs, draft.inputs);
    manager.presses_with_control(Key::Enter.into()).await;
    manager
        .waits_for("!document.querySelector('#plan input.cell')")
        .await;
    manager
        .waits_for("document.querySelector('#toasts').innerText.includes('Published')")
        .await;
    let published = Grid::of(manager).await;
    assert_eq!(published.inputs, 0);
    assert_eq!(published.column("Nov"), draft.column("Nov"));
    assert_eq!(
        published.column("2026")[PERSON],
        before.column("2026")[PERSON] - whole(20)
    );
}

async fn sees_it_in_attainment(manager: &Visitor, before: &Grid) {
    manager.opens("/attainment").await;
    let script = format!(
        "const row = [...document.querySelectorAll('table.heat tbody tr')]
            .find((row) => row.cells[0].textContent.startsWith({PERSON:?}));
        const place = [...row.closest('table').tHead.rows].at(-1).cells;
        const target = [...place].findIndex((head) => head.textContent.startsWith('Target'));
        return row.cells[target].textContent;"
    );
    let shown = manager.runs(&script).await;
    let target = amount(shown.as_str().unwrap());
    assert_eq!(target, before.column("2026")[PERSON] - whole(20));
}
