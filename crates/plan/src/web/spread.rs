//! `POST /api/v1/plan/spread`: a total over cells, exact to the step, without storing anything.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{
    Refusal,
    decimal::{parse_places, write_places},
};
use page::{Actor, Json, Kit, Result};
use reckon::spread::{self, Bound, Cell, Infeasible, NO_CEILING, NO_FLOOR, Rounding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most cells of one call.
const MOST_CELLS: usize = 200_000;

/// What to spread. All amounts are decimal strings and multiples of `unit`, the smallest step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpreadJson {
    total: String,
    /// The minor unit of the company's currency if left out, `"0.01"`.
    #[serde(default)]
    unit: Option<String>,
    /// `largest_remainder` (default) or `monotone`, which never lowers a cell when the total rises.
    #[serde(default)]
    rounding: Option<String>,
    cells: Vec<SpreadCellJson>,
}

/// A cell: its weight, and what holds it. `locked` is the amount it is fixed at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpreadCellJson {
    id: String,
    weight: u64,
    #[serde(default)]
    floor: Option<String>,
    #[serde(default)]
    ceiling: Option<String>,
    #[serde(default)]
    locked: Option<String>,
}

/// The cut.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutJson {
    cells: Vec<PartJson>,
}

/// One part of the cut.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartJson {
    id: String,
    amount: String,
}

/// Why it cannot be cut: by how much the wish misses, and what stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct InfeasibleJson {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    instance: &'static str,
    code: &'static str,
    errors: Vec<page::ProblemField>,
    shortfall: String,
    conflicts: Vec<ConflictJson>,
}

/// A bound that binds.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictJson {
    id: String,
    bound: &'static str,
    amount: String,
}

/// Cuts a total along cells.
#[utoipa::path(post, path = "/api/v1/plan/spread", tag = "plan", request_body = SpreadJson,
    responses((status = 200, body = CutJson), (status = 422, body = InfeasibleJson, content_type = "application/problem+json")))]
pub async fn spread(
    State(kit): State<Kit>,
    _actor: Actor,
    Json(asked): Json<SpreadJson>,
) -> Result<Response> {
    let unit = match asked.unit {
        Some(unit) => unit,
        None => minor_unit(&kit).await?,
    };
    let step = Step::parse(&unit)?;
    let total = step.read(&asked.total, "total")?;
    let rounding = match asked.rounding.as_deref() {
        None | Some("largest_remainder") => Rounding::LargestRemainder,
        Some("monotone") => Rounding::Monotone,
        Some(other) => {
            let text = format!("“{other}” is not a rounding. Use largest_remainder or monotone.");
            return Err(Refusal::value("spread.rounding", text)
                .at("rounding")
                .into());
        }
    };
    let cells = read_cells(&asked.cells, total, step)?;
    match spread::spread(total, &cells, rounding) {
        Ok(parts) => {
            let part = |(cell, amount): (&Cell<&str>, i64)| PartJson {
                id: cell.id.to_owned(),
                amount: step.write(i128::from(amount)),
            };
            let cells = cells.iter().zip(parts).map(part).collect();
            Ok(axum::Json(CutJson { cells }).into_response())
        }
        Err(no) => Ok(org::api::unprocessable(&infeasible(&no, &cells, step))),
    }
}

/// The minor unit of the currency of reports as a decimal: `0.01`.
async fn minor_unit(kit: &Kit) -> Result<String> {
    let mut tx = kit.db.read().await?;
    let company = org::store::company::expect(&mut tx).await?;
    Ok(write_places(1, company.currency.decimals(), 0))
}

fn read_cells(cells: &[SpreadCellJson], total: i64, step: Step) -> Result<Vec<Cell<&str>>> {
    if MOST_CELLS < cells.len() {
        let text = format!(
            "At most {MOST_CELLS} cells are spread at once; these are {}.",
            cells.len()
        );
        return Err(Refusal::value("spread.too_many", text).at("cells").into());
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut read = Vec::with_capacity(cells.len());
    for (place, cell) in cells.iter().enumerate() {
        let at = |field: &str| format!("cells[{place}].{field}");
        if !seen.insert(cell.id.as_str()) {
            let text = format!("The id “{}” stands twice.", cell.id);
            return Err(Refusal::value("spread.twice", text).at(at("id")).into());
        }
        let bound = |text: &Option<String>, field: &str| -> Result<Option<i64>> {
            text.as_deref()
                .map(|text| step.read(text, &at(field)))
                .transpose()
        };
        let plain = Cell::of(total, cell.id.as_str(), cell.weight);
        let floor = bound(&cell.floor, "floor")?.unwrap_or(plain.floor);
        let ceiling = bound(&cell.ceiling, "ceiling")?.unwrap_or(plain.ceiling);
        let locked = bound(&cell.locked, "locked")?;
        read.push(Cell {
            floor,
            ceiling,
            locked,
            ..plain
        });
    }
    Ok(read)
}

/// The smallest step, as so many of the smallest decimal place it is written with.
#[derive(Debug, Clone, Copy)]
struct Step {
    places: u32,
    size: i64,
}

impl Step {
    fn parse(unit: &str) -> Result<Step> {
        let text = unit.trim();
        let places = text
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        let places = u32::try_from(places).unwrap_or(u32::MAX);
        if 6 < places {
            return Err(Refusal::value(
                "spread.unit",
                "The unit has more than six decimal places.",
            )
            .at("unit")
            .into());
        }
        let size = parse_places(text, places).map_err(|no| no.at("unit"))?;
        if size <= 0 {
            return Err(
                Refusal::value("spread.unit", "The unit must be above zero.")
                    .at("unit")
                    .into(),
            );
        }
        Ok(Step { places, size })
    }

    fn read(self, text: &str, field: &str) -> Result<i64> {
        let amount = parse_places(text, self.places).map_err(|no| no.at(field))?;
        if amount % self.size != 0 {
            let unit = write_places(self.size, self.places, 0);
            let text = format!("{text} is not a multiple of the unit {unit}.");
            return Err(Refusal::value("spread.not_multiple", text).at(field).into());
        }
        Ok(amount / self.size)
    }

    fn write(self, steps: i128) -> String {
        let amount = steps * i128::from(self.size);
        write_places(
            i64::try_from(amount).unwrap_or(i64::MAX),
            self.places,
            self.places,
        )
    }
}

fn infeasible(no: &Infeasible, cells: &[Cell<&str>], step: Step) -> InfeasibleJson {
    let conflict = |conflict: &spread::Conflict| ConflictJson {
        id: cells[conflict.index].id.to_owned(),
        bound: match conflict.bound {
            Bound::Floor => "floor",
            Bound::Ceiling => "ceiling",
            Bound::Lock => "locked",
            Bound::NoWeight => "no_weight",
        },
        amount: if [NO_FLOOR, NO_CEILING].contains(&conflict.amount) {
            "0".to_owned()
        } else {
            step.write(i128::from(conflict.amount))
        },
    };
    // By how much, whichever way; the bounds in the conflicts tell the direction.
    let apart = i128::try_from(no.shortfall.unsigned_abs()).unwrap_or(i128::MAX);
    let shortfall = step.write(apart);
    InfeasibleJson {
        kind: "about:blank",
        title: "Infeasible",
        status: 422,
        detail: format!(
            "The total cannot be spread: it is {shortfall} away from what locks and bounds allow. Change one of the cells named in conflicts, or the total."
        ),
        instance: "/api/v1/plan/spread",
        code: "spread.infeasible",
        errors: Vec::new(),
        shortfall,
        conflicts: no.conflicts.iter().take(1_000).map(conflict).collect(),
    }
}
