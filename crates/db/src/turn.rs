//! Taking turns at a SQLite file between processes.
//!
//! SQLite lets a waiting writer sleep for longer and longer spans, so a process that writes chunk
//! after chunk could keep the others out. Therefore all writers of ours stand in one queue: the lock
//! of a file beside the database is the turn, and the lock of a second one the place of whoever is
//! next. The next one is woken the moment the turn is over, and who has just written and wants to
//! write again finds that place taken, so nobody is passed by twice. It is a courtesy only. Where it
//! cannot be had, SQLite's own lock still keeps writers apart.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    sync::Arc,
};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// The queue of one database file.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    locks: Option<Arc<Mutex<Locks>>>,
}

#[derive(Debug)]
struct Locks {
    next: File,
    turn: File,
}

/// A turn to write; over when dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    locks: OwnedMutexGuard<Locks>,
}

impl Turns {
    pub(crate) fn beside(database: &Path) -> Turns {
        let open = |suffix: &str| {
            let mut path = database.as_os_str().to_owned();
            path.push(suffix);
            OpenOptions::new().create(true).append(true).open(path).ok()
        };
        let locks = open("-next").zip(open("-turn"));
        Turns {
            locks: locks.map(|(next, turn)| Arc::new(Mutex::new(Locks { next, turn }))),
        }
    }

    /// Waits until nobody else writes: first come, first served.
    pub(crate) async fn take(&self) -> Option<Turn> {
        let shared = Arc::clone(self.locks.as_ref()?);
        let locks = shared.lock_owned().await;
        match locks.try_take() {
            Ok(()) => Some(Turn { locks }),
            Err(TryLockError::WouldBlock) => {
                let waiting = tokio::task::spawn_blocking(move || {
                    let taken = locks.take();
                    taken.ok().map(|()| Turn { locks })
                });
                waiting.await.ok().flatten()
            }
            Err(TryLockError::Error(_cannot_lock)) => None,
        }
    }
}

impl Locks {
    fn try_take(&self) -> Result<(), TryLockError> {
        self.next.try_lock()?;
        let taken = self.turn.try_lock();
        self.next.unlock().map_err(TryLockError::Error)?;
        taken
    }

    fn take(&self) -> io::Result<()> {
        self.next.lock()?;
        let taken = self.turn.lock();
        self.next.unlock()?;
        taken
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Closing the file would do it as well, should this fail.
        let _ = self.locks.turn.unlock();
    }
}
