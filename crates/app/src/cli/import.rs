//! `import`: files in, each whole or not at all.

use std::path::PathBuf;

use serde_json::{Value, json};
use sheet::Outcome;

use super::speech;
use crate::{
    clock::CompanyClock,
    folder,
    importing::{self, Reading, Refused},
    settings::PlaceFlags,
    trouble::Trouble,
    wiring,
};

/// Read a file in: units, people, customers, products, orders and more
///
/// KIND is the plural noun of what the rows are, or `all` for every kind a mapping names, what is
/// referred to first. A file is read in whole or not at all; what is wrong is listed by row and column.
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own, and clap refuses those that contradict each other"
)]
#[command(after_help = "\
Examples:
  bailiwick import customers --template
  bailiwick import customers customers.csv --data ./data --dry-run
  bailiwick import orders export.csv --mapping erp.toml --data ./data
  bailiwick import all ./export --mapping erp.toml --data ./data")]
pub struct Import {
    /// What the rows are: units, people, customers, …, or all
    #[arg(value_name = "KIND")]
    kind: String,
    /// The file; with a mapping that names it, the folder it is in
    #[arg(value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceFlags,
    /// Check everything, change nothing
    #[arg(long)]
    dry_run: bool,
    /// How columns of a file made elsewhere become ours
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Print the header line of the kind and stop
    #[arg(long, conflicts_with_all = ["dry_run", "mapping"])]
    template: bool,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub async fn run(self) -> Result<(), Trouble> {
        if self.template {
            return speech::write(&importing::layout(&self.kind)?.template());
        }
        let file = self.file.clone().unwrap_or_default();
        let mapping = self
            .mapping
            .clone()
            .map(|file| importing::mapping(&file).map(|mapping| (file, mapping)));
        let reading = Reading {
            mapping: mapping.transpose()?,
            is_rehearsal: self.dry_run,
        };
        let kinds = self.kinds(&reading)?;
        let place = self.place.place()?;
        if !file.exists() {
            return Err(Trouble::new(format!(
                "{} does not exist. Check the path.",
                file.display()
            )));
        }
        let db = folder::open(&place).await?;
        let clock = CompanyClock::running(wiring::zone(&db).await?);
        let (by, today) = wiring::by_shell(&clock);
        for kind in kinds {
            match importing::import(&db, kind, &file, &reading, (&by, today)).await {
                Ok(outcome) => self.report(kind, outcome)?,
                Err(refused) => return Err(self.refuse(kind, refused)?),
            }
        }
        db.close().await;
        Ok(())
    }

    fn kinds(&self, reading: &Reading) -> Result<Vec<&'static str>, Trouble> {
        if self.kind != "all" {
            return Ok(vec![importing::layout(&self.kind)?.kind]);
        }
        let Some((_, mapping)) = &reading.mapping else {
            return Err(Trouble::usage(
                "`import all` needs --mapping FILE, which says which file holds which kind.",
            ));
        };
        Ok(importing::kinds_of(mapping))
    }

    fn report(&self, kind: &str, outcome: Outcome) -> Result<(), Trouble> {
        if self.json {
            return speech::say(&answer(kind, self.dry_run, outcome).to_string());
        }
        let Outcome {
            added,
            changed,
            unchanged,
        } = outcome;
        let would = if self.dry_run {
            " (dry run: nothing was changed)"
        } else {
            ""
        };
        speech::say(&format!(
            "{kind}: {added} added, {changed} changed, {unchanged} unchanged{would}"
        ))
    }

    /// Lists what is wrong with the rows, and sums it up in one sentence.
    fn refuse(&self, kind: &str, refused: Refused) -> Result<Trouble, Trouble> {
        let (file, faults) = match refused {
            Refused::Trouble(trouble) => return Ok(trouble),
            Refused::Faults { file, faults } => (file, faults),
        };
        if self.json {
            let listed = faults.kept().iter().map(|fault| {
                json!({ "row": fault.row, "column": fault.column, "message": fault.message })
            });
            let listed: Vec<Value> = listed.collect();
            let answer = json!({ "kind": kind, "faults": listed, "total": faults.total() });
            speech::say(&answer.to_string())?;
        } else {
            speech::remark(&faults.to_string());
        }
        let places = if faults.total() == 1 {
            "1 place".to_owned()
        } else {
            format!("{} places", faults.total())
        };
        Ok(Trouble::new(format!(
            "{file} was not read in: {places} must be mended first. Nothing of its {kind} was changed."
        )))
    }
}

fn answer(kind: &str, dry_run: bool, outcome: Outcome) -> Value {
    json!({
        "kind": kind,
        "dry_run": dry_run,
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
    })
}
