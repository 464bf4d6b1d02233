//! A file being checked or read in, in a task of its own: the browser may close meanwhile.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use db::Tx;
use jiff::Timestamp;
use kernel::Refusal;
use org::{
    api,
    store::uploads::{self, Upload, What},
};
use page::{Actor, Kit, Problem, Result};
use sheet::Mapping;
use tokio::{runtime::Handle, sync::Semaphore};

use super::{
    LOST_AFTER,
    deciding::decided,
    files::{self, Desk},
    fixing,
    told::Told,
};
use crate::{
    folder::plain,
    importing::{self, Caller, Progress, Reading, Refused, Report},
    recognising,
    trouble::Trouble,
    wiring,
};

/// So many files are worked on at once; others wait.
pub(super) static AT_WORK: Semaphore = Semaphore::const_new(2);
/// The answer waits so long for a small file, which is done by then.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often it is noted how far a file has come.
const NOTED_EACH: Duration = Duration::from_secs(1);

/// What is done with a file, and for whom.
pub(super) struct Job {
    kit: Kit,
    actor: Actor,
    upload: Upload,
    saves: bool,
    skips_bad: bool,
}

impl Job {
    /// Everything is checked, and nothing written.
    pub(super) fn checking(kit: &Kit, actor: Actor, upload: Upload) -> Job {
        Job {
            kit: kit.clone(),
            // The good documents are counted beside what is wrong with the others.
            skips_bad: wiring::document_key(&upload.kind).is_some(),
            actor,
            upload,
            saves: false,
        }
    }

    pub(super) fn reading(kit: &Kit, actor: Actor, upload: Upload, skips_bad: bool) -> Job {
        Job {
            kit: kit.clone(),
            skips_bad: skips_bad && wiring::document_key(&upload.kind).is_some(),
            actor,
            upload,
            saves: true,
        }
    }

    /// Begins, and waits a little: what is still not done then goes on by itself.
    ///
    /// # Errors
    ///
    /// The database cannot be written. Whoever is at work on the file already is left to it.
    pub(super) async fn start(self) -> Result<()> {
        let state = if self.saves { "saving" } else { "checking" };
        let now = self.kit.now();
        let begun = (self.upload.id, state, self.skips_bad, now);
        let is_first = self.kit.db.write(begun, |tx, (id, state, skips, now)| {
            Box::pin(uploads::begin(
                tx,
                *id,
                (state, *skips),
                (*now, *now - LOST_AFTER),
            ))
        });
        if is_first.await? {
            let task = tokio::spawn(self.run());
            // Over in time or not: the page says how far it has come.
            let _ = tokio::time::timeout(PATIENCE, task).await;
        }
        Ok(())
    }

    async fn run(self) {
        let Ok(_turn) = AT_WORK.acquire().await else {
            return;
        };
        // Reading a file keeps a thread busy: one that serves nobody else.
        let handle = Handle::current();
        let work = tokio::task::spawn_blocking(move || handle.block_on(self.work()));
        if let Err(error) = work.await {
            tracing::error!(%error, "work on a file broke off");
        }
    }

    async fn work(self) {
        let done = self.read_in().await;
        let (state, told) = match (&done, self.saves) {
            (Ok(report), true) => ("done", Told::of_report(report)),
            (Ok(report), false) => ("checked", Told::of_report(report)),
            (Err(refused), true) => ("failed", Told::of_refused(refused)),
            (Err(refused), false) => ("checked", Told::of_refused(refused)),
        };
        if let Err(error) = self.note(state, told).await {
            tracing::error!(%error, "what came of a file cannot be noted");
        }
    }

    async fn note(&self, state: &'static str, told: Told) -> db::Result<()> {
        let told = Told {
            corrections: Told::of(&self.upload.report).corrections,
            ..told
        };
        let ended = Ended {
            upload: self.upload.clone(),
            state,
            report: told.write(),
            print: self.print().filter(|_| told.is_clean()),
            login: self.actor.login,
            now: self.kit.now(),
        };
        self.kit
            .db
            .write(ended, |tx, ended| Box::pin(end(tx, ended)))
            .await
    }

    /// What files with the same header have in common, if something was decided about this one.
    fn print(&self) -> Option<String> {
        let decided = decided(&self.upload);
        let layout = wiring::layout(&self.upload.kind)?;
        let head = (self.upload.head.as_str(), self.upload.is_typed());
        let found = recognising::attempt_as(layout, head, &decided)?;
        (!decided.is_empty()).then(|| super::deciding::print(layout.kind, &found))
    }

    async fn read_in(&self) -> std::result::Result<Report, Refused> {
        let unwritable = |cause: std::io::Error| {
            Refused::Trouble(Trouble::new(format!(
                "The file cannot be kept in the server’s folder for temporary files: {}.",
                plain(&cause)
            )))
        };
        let desk = Desk::new().map_err(unwritable)?;
        let laid = files::lay_out(&mut self.kit.db.read().await?, self.upload.id, &desk).await?;
        laid.map_err(unwritable)?;
        let reading = Reading {
            mapping: self.mapping(&desk)?,
            is_rehearsal: !self.saves,
            skips_bad: self.skips_bad,
            called: Some(self.upload.name.clone()),
            mended: fixing::mended(&Told::of(&self.upload.report)),
            ..Reading::default()
        };
        let (done, of) = (AtomicU64::new(0), AtomicU64::new(0));
        let told = |progress: Progress| {
            done.store(progress.done, Ordering::Relaxed);
            of.store(progress.of, Ordering::Relaxed);
        };
        let by = api::by(&self.actor, self.kit.now());
        let caller = Caller {
            by: &by,
            scope: &self.actor.scope,
            clock: &*self.kit.clock,
            told: &told,
        };
        let place = desk.file();
        let work = importing::import(&self.kit.db, &self.upload.kind, &place, &reading, caller);
        tokio::pin!(work);
        let mut tick = tokio::time::interval(NOTED_EACH);
        let report = loop {
            tokio::select! {
                report = &mut work => break report?,
                _ = tick.tick() => {
                    let far = [&done, &of].map(|one| one.load(Ordering::Relaxed));
                    self.move_on(far).await?;
                }
            }
        };
        if let Some(bad) = report.bad.as_ref().and_then(|bad| bad.file.clone()) {
            let kept = (self.upload.id, bad.clone());
            let kept = self.kit.db.write(kept, |tx, (id, path)| {
                Box::pin(files::keep(tx, *id, What::Bad, path))
            });
            kept.await?;
            let _ = fs::remove_file(&bad);
        }
        Ok(report)
    }

    async fn move_on(&self, far: [u64; 2]) -> db::Result<()> {
        let far = far.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        let noted = (self.upload.id, far, self.kit.now());
        let noted = self.kit.db.write(noted, |tx, (id, [done, of], now)| {
            Box::pin(uploads::move_on(tx, *id, (*done, *of), *now))
        });
        noted.await
    }

    /// How the columns are read; none for a file of ours, which is read strictly.
    fn mapping(
        &self,
        desk: &Desk,
    ) -> std::result::Result<Option<(std::path::PathBuf, Mapping)>, Refused> {
        let layout = importing::layout(&self.upload.kind)?;
        let head = (self.upload.head.as_str(), self.upload.is_typed());
        let found = recognising::attempt_as(layout, head, &decided(&self.upload));
        let Some(found) = found.filter(|found| !found.is_own) else {
            return Ok(None);
        };
        let mapping = Mapping::parse(&found.mapping, &wiring::kinds());
        let mapping = mapping.map_err(|fault| Trouble::new(fault.to_string()))?;
        Ok(Some((desk.mapping(), mapping)))
    }
}

/// What came of a file.
struct Ended {
    upload: Upload,
    state: &'static str,
    report: String,
    /// What files with the same header have in common, if something about it proved right.
    print: Option<String>,
    login: i64,
    now: Timestamp,
}

async fn end(tx: &mut Tx, ended: &Ended) -> db::Result<()> {
    let (upload, now) = (&ended.upload, ended.now);
    uploads::end(tx, upload.id, (ended.state, &ended.report), now).await?;
    if ended.state == "done" {
        uploads::drop_parts(tx, upload.id, What::File).await?;
    }
    // What somebody decided and what proved right need not be asked again.
    if let Some(print) = &ended.print {
        let layout = (upload.kind.as_str(), print.as_str());
        uploads::keep(tx, layout, &upload.decided, ended.login, now).await?;
    }
    Ok(())
}

/// Runs what keeps a thread busy, when its turn has come.
///
/// # Errors
///
/// It broke off, which is a failure of the house.
pub(super) async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let _turn = AT_WORK.acquire().await.map_err(|_closed| {
        Problem::from(Refusal::state("import.closing", "The server is ending."))
    })?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::failure(&error))
}
