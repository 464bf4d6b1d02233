//! The grid of a plan as it stands on the page, read as amounts.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::visitor::Visitor;

/// Shown amounts are at most thousands with the cents behind: five decimal places.
const PLACES: usize = 5;

const READ: &str = "
    const table = document.querySelector('#plan table.grid');
    const shown = (cell) => (cell.querySelector('input.cell')?.value ?? cell.textContent).trim();
    const line = (row) => ({ title: shown(row.cells[0]), cells: [...row.cells].slice(1).map(shown) });
    return {
        heads: line([...table.tHead.rows].at(-1)).cells,
        rows: [...table.tBodies].flatMap((body) => [...body.rows]).map(line),
        foot: [...table.tFoot.rows].map(line),
        inputs: table.querySelectorAll('input:not([type=hidden])').length,
        locked: table.querySelectorAll('td.lk').length,
    };";

/// Opens the manager's plan so that it can be typed into. Nobody types into a published one, so
/// where the demo has no draft yet, a revision is begun.
pub async fn opens_a_draft(manager: &Visitor) {
    manager.opens("/plan").await;
    let revise = "form[action$='/revise'] button";
    let found = format!("!!document.querySelector({revise:?})");
    if manager.finds(&found).await == true {
        assert_eq!(Grid::of(manager).await.inputs, 0);
        manager.clicks(revise).await;
    }
    manager
        .waits_for("document.querySelector('#plan input.cell')")
        .await;
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    pub title: String,
    cells: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Grid {
    heads: Vec<String>,
    pub rows: Vec<Line>,
    foot: Vec<Line>,
    /// Cells to type into.
    pub inputs: usize,
    pub locked: usize,
}

impl Grid {
    pub async fn of(visitor: &Visitor) -> Grid {
        serde_json::from_value(visitor.runs(READ).await).unwrap()
    }

    /// The amounts of all people under one head.
    pub fn column(&self, head: &str) -> BTreeMap<&str, i64> {
        let place = self.place(head);
        let rows = self.rows.iter();
        rows.map(|row| (row.title.as_str(), amount(&row.cells[place])))
            .collect()
    }

    /// An amount of the lines below the people.
    #[track_caller]
    pub fn below(&self, title: &str, head: &str) -> i64 {
        let line = self.foot.iter().find(|line| line.title == title);
        let line = line.unwrap_or_else(|| panic!("no {title} in {:?}", self.foot));
        amount(&line.cells[self.place(head)])
    }

    /// Every amount of such a line that is one.
    #[track_caller]
    pub fn all_below(&self, title: &str) -> Vec<i64> {
        let line = self.foot.iter().find(|line| line.title == title);
        let cells = line.unwrap_or_else(|| panic!("no {title}")).cells.iter();
        cells
            .filter(|cell| !cell.is_empty())
            .map(|cell| amount(cell))
            .collect()
    }

    #[track_caller]
    fn place(&self, head: &str) -> usize {
        let place = self.heads.iter().position(|one| one == head);
        place.unwrap_or_else(|| panic!("no {head} in {:?}", self.heads))
    }
}

/// `1,184` or `−896.5`, in hundred-thousandths of what is shown.
#[track_caller]
pub fn amount(shown: &str) -> i64 {
    let plain: String = shown
        .chars()
        .filter(|one| *one != ',')
        .map(|one| if one == '−' { '-' } else { one })
        .collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = format!("{whole}{fraction:0<PLACES$}");
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{shown:?} is no amount"))
}

/// A whole shown number as an amount.
pub fn whole(number: i64) -> i64 {
    number * 10_i64.pow(u32::try_from(PLACES).unwrap())
}
