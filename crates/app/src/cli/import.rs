//! `import`: files in, each whole or not at all, or its good documents only.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use db::Db;

use super::{
    speech,
    telling::{self, Manner, Meter},
};
use crate::{
    clock::CompanyClock,
    folder,
    importing::{
        self, Caller, Expected, Reading,
        watch::{Taken, Watch},
    },
    serve::Ending,
    settings::PlaceFlags,
    trouble::Trouble,
    wiring,
};

/// How often a watched folder is looked at.
const LOOKS_EACH: Duration = Duration::from_secs(1);

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
  bailiwick import all ./export --mapping erp.toml --data ./data
  bailiwick import --watch ./incoming --mapping erp.toml --skip-bad --data ./data")]
pub struct Import {
    /// What the rows are: units, people, customers, …, or all
    #[arg(value_name = "KIND", default_value = "all", hide_default_value = true)]
    kind: String,
    /// The file; with a mapping that names it, the folder it is in
    #[arg(value_name = "FILE", required_unless_present_any = ["template", "watch"])]
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
    /// Read in what appears in DIR, and put it into done/ or failed/ there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["kind", "dry_run", "expect_rows", "expect_total", "template"])]
    watch: Option<PathBuf>,
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

/// Lets whoever works with the company beside a long run go first: its threads begin with less of a
/// claim on the processor. Called before there are any.
pub(super) fn step_back() {
    #[cfg(unix)]
    {
        const STEPS: i32 = 10;
        // Where it is not allowed, the run goes on as it is.
        let _ = rustix::process::nice(STEPS);
    }
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
            called: None,
            ..Reading::default()
        };
        let kinds = self.kinds(&reading)?;
        let place = self.place.place()?;
        if self.watch.is_none() && !file.exists() {
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
            scope: &kernel::Scope::All,
            clock: &clock,
            told: &told,
        };
        if let Some(folder) = &self.watch {
            self.watch(folder, &db, &reading, caller).await?;
            db.close().await;
            return Ok(());
        }
        for kind in kinds {
            let done = importing::import(&db, kind, &file, &reading, caller).await;
            meter.clear();
            match done {
                Ok(report) => telling::report(kind, &report, self.manner())?,
                Err(refused) => return Err(telling::refuse(kind, refused, self.manner())?),
            }
        }
        db.close().await;
        Ok(())
    }

    fn kinds(&self, reading: &Reading) -> Result<Vec<&'static str>, Trouble> {
        if self.watch.is_some() {
            return Ok(Vec::new());
        }
        if self.kind != "all" {
            let kind = importing::layout(&self.kind)?.kind;
            if self.skip_bad && wiring::document_key(kind).is_none() {
                return Err(Trouble::usage(format!(
                    "The rows of {kind} can only be read in together. Leave --skip-bad out and mend what is listed."
                )));
            }
            return Ok(vec![kind]);
        }
        let Some((_, mapping)) = &reading.mapping else {
            return Err(Trouble::usage(
                "`import all` needs --mapping FILE, which says which file holds which kind.",
            ));
        };
        Ok(importing::kinds_of(mapping))
    }

    fn manner(&self) -> Manner {
        Manner {
            json: self.json,
            dry_run: self.dry_run,
        }
    }

    /// Takes what appears in the folder until asked to end.
    async fn watch(
        &self,
        folder: &Path,
        db: &Db,
        reading: &Reading,
        caller: Caller<'_>,
    ) -> Result<(), Trouble> {
        let mut watch = Watch::over(folder)?;
        let asked = Ending::watch()?.asked();
        let looking = self.look_again_and_again(&mut watch, db, reading, caller);
        speech::remark(&format!("Watching {}. Ctrl-C ends it.", folder.display()));
        // What is being read in when it ends goes on from there the next time.
        tokio::select! {
            () = asked => Ok(()),
            ended = looking => ended,
        }
    }

    async fn look_again_and_again(
        &self,
        watch: &mut Watch,
        db: &Db,
        reading: &Reading,
        caller: Caller<'_>,
    ) -> Result<(), Trouble> {
        let mut tick = tokio::time::interval(LOOKS_EACH);
        loop {
            tick.tick().await;
            // While the database cannot be reached, files wait for it.
            if let Err(error) = db.read().await {
                speech::remark(&Trouble::from(error).to_string());
                continue;
            }
            for taken in watch.look(db, reading, caller).await? {
                self.tell(taken)?;
            }
        }
    }

    fn tell(&self, taken: Taken) -> Result<(), Trouble> {
        for (kind, report) in &taken.reports {
            telling::report(kind, report, self.manner())?;
        }
        if let Some((kind, refused)) = taken.refused {
            let trouble = telling::refuse(kind, refused, self.manner())?;
            speech::complain(&trouble);
        }
        speech::remark(&format!("It is now {}.", taken.file.display()));
        Ok(())
    }
}
