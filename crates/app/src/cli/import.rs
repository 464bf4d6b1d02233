//! `import`: files in, each whole or not at all, or its good documents only.

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    sync::Mutex,
};

use serde_json::{Value, json};

use super::speech;
use crate::{
    clock::CompanyClock,
    folder,
    importing::{self, Caller, Expected, Progress, Reading, Refused, Report, Stage},
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
  bailiwick import orders export.csv --expect-rows 60855 --expect-total 80450596.98 --data ./data
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
    /// Read the good documents in and write the bad rows to FILE.bad.csv
    #[arg(long)]
    skip_bad: bool,
    /// Change nothing unless the file has so many rows
    #[arg(long, value_name = "ROWS")]
    expect_rows: Option<u64>,
    /// Change nothing unless the documents add up to this net
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    expect_total: Option<String>,
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
            skips_bad: self.skip_bad,
            expected: Expected {
                rows: self.expect_rows,
                total: self.expect_total.clone(),
            },
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
        let (by, _) = wiring::by_shell(&clock);
        let meter = Meter::new();
        let told = |progress| meter.show(progress);
        let caller = Caller {
            by: &by,
            clock: &clock,
            told: &told,
        };
        for kind in kinds {
            let done = importing::import(&db, kind, &file, &reading, caller).await;
            meter.clear();
            match done {
                Ok(report) => self.report(kind, &report)?,
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

    fn report(&self, kind: &str, report: &Report) -> Result<(), Trouble> {
        for remark in &report.remarks {
            speech::remark(remark);
        }
        if self.json {
            return speech::say(&answer(kind, self.dry_run, report).to_string());
        }
        let outcome = report.outcome;
        let would = if self.dry_run {
            " (dry run: nothing was changed)"
        } else {
            ""
        };
        let mut told = format!(
            "{kind}: {} added, {} changed, {} unchanged{would}",
            outcome.added, outcome.changed, outcome.unchanged
        );
        if let Some(documents) = report.documents {
            let rows = outcome.rows();
            let totals = report.shown_totals().into_iter();
            let totals = totals.map(|(currency, total)| format!(", net {total} {currency}"));
            let totals: String = totals.collect();
            told = format!(
                "{told}\n  to compare with the source: {rows} rows, {documents} documents{totals}"
            );
        }
        if let Some(bad) = &report.bad {
            let (documents, rows) = (bad.documents, bad.rows);
            let place = bad.file.as_ref();
            let place = place.map_or_else(String::new, |file| format!(", see {}", file.display()));
            told = format!("{told}\n  left out: {documents} documents with {rows} rows{place}");
        }
        speech::say(&told)
    }

    /// Lists what is wrong with the rows, and sums it up in one sentence.
    fn refuse(&self, kind: &str, refused: Refused) -> Result<Trouble, Trouble> {
        let (file, faults, rows_in) = match refused {
            Refused::Trouble(trouble) => return Ok(trouble),
            Refused::Faults {
                file,
                faults,
                rows_in,
            } => (file, faults, rows_in),
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
        if 0 < rows_in {
            return Ok(Trouble::new(format!(
                "{file} was read in as far as {rows_in} rows; then something was changed by others, and {places} \
                 must be mended first. Read it in again to go on, or with --skip-bad to go on without those."
            )));
        }
        Ok(Trouble::new(format!(
            "{file} was not read in: {places} must be mended first. Nothing of its {kind} was changed."
        )))
    }
}

fn answer(kind: &str, dry_run: bool, report: &Report) -> Value {
    let outcome = report.outcome;
    let mut answer = json!({
        "kind": kind,
        "dry_run": dry_run,
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
    });
    if let Some(documents) = report.documents {
        let totals = report.shown_totals().into_iter();
        let totals = totals.map(|(currency, total)| (currency.to_owned(), json!(total)));
        answer["rows"] = json!(outcome.rows());
        answer["documents"] = json!(documents);
        answer["net"] = Value::Object(totals.collect());
    }
    if let Some(bad) = &report.bad {
        answer["left_out"] = json!({
            "documents": bad.documents,
            "rows": bad.rows,
            "file": bad.file.as_ref().map(|file| file.display().to_string()),
        });
    }
    answer
}

/// A line on the terminal that says how far a long file has come.
struct Meter {
    /// What stands there; none if stderr is no terminal.
    shown: Option<Mutex<String>>,
}

impl Meter {
    fn new() -> Meter {
        Meter {
            shown: std::io::stderr().is_terminal().then(Mutex::default),
        }
    }

    fn show(&self, progress: Progress) {
        let what = match progress.stage {
            Stage::Reading => "rows read",
            Stage::Checking => "documents checked",
            Stage::Saving => "documents saved",
        };
        let of = match progress.of {
            0 => String::new(),
            of => format!(" of {of}"),
        };
        self.write(format!("{}{of} {what}", progress.done));
    }

    fn clear(&self) {
        self.write(String::new());
    }

    fn write(&self, line: String) {
        let Some(shown) = &self.shown else { return };
        let mut shown = shown
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if *shown == line {
            return;
        }
        // Nobody is left to be told if stderr is closed.
        let _ = write!(
            std::io::stderr(),
            "\r{line:<width$}\r{line}",
            width = shown.len()
        );
        *shown = line;
    }
}
