//! Taking turns at a SQLite file between processes.
//!
//! SQLite lets a waiting writer sleep for longer and longer spans, so a process that writes chunk
//! after chunk could keep the others out. Therefore all writers of ours stand in one queue, the lock
//! of a file beside the database: whoever waits there is woken the moment the lock is free. It is a
//! courtesy only. Where it cannot be had, SQLite's own lock still keeps writers apart.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    sync::Arc,
};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// The queue of one database file.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    file: Option<Arc<Mutex<File>>>,
}

/// A turn to write; over when dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    file: OwnedMutexGuard<File>,
}

impl Turns {
    pub(crate) fn beside(database: &Path) -> Turns {
        let mut path = database.as_os_str().to_owned();
        path.push("-turn");
        let file = OpenOptions::new().create(true).append(true).open(path);
        Turns {
            file: file.ok().map(|file| Arc::new(Mutex::new(file))),
        }
    }

    /// Waits until nobody else writes. Within this process first come is first served.
    pub(crate) async fn take(&self) -> Option<Turn> {
        let file = Arc::clone(self.file.as_ref()?).lock_owned().await;
        match file.try_lock() {
            Ok(()) => Some(Turn { file }),
            Err(TryLockError::WouldBlock) => {
                let waiting = tokio::task::spawn_blocking(move || {
                    let locked = file.lock();
                    locked.ok().map(|()| Turn { file })
                });
                waiting.await.ok().flatten()
            }
            Err(TryLockError::Error(_cannot_lock)) => None,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Closing the file would do it as well, should this fail.
        let _ = self.file.unlock();
    }
}
