//! Serving: a socket, the program behind it, and an orderly end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use db::Db;
use org::{store::logins, web::first_run::SetupCode};
use page::Kit;
use tokio::net::TcpListener;

use crate::{clock::CompanyClock, folder::plain, trouble::Trouble, wiring};

/// How long requests may still run after the program was asked to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program that is ready to serve.
pub struct House {
    pub kit: Kit,
    pub router: Router,
    pub setup: SetupCode,
}

/// Puts the program together for the company in `db`, or for its first run.
///
/// # Errors
///
/// The database cannot be read.
pub async fn house(db: Db, clock: Arc<CompanyClock>) -> Result<House, Trouble> {
    let kit = wiring::kit(db, Arc::clone(&clock)).await?;
    let setup = SetupCode(setup_code(&kit.db).await?);
    let router = wiring::live_application(kit.clone(), clock, setup.clone());
    Ok(House { kit, router, setup })
}

/// A random code for the first run, as long as nobody can sign in.
async fn setup_code(db: &Db) -> Result<Option<String>, Trouble> {
    let mut tx = db.read().await?;
    if logins::any(&mut tx).await? {
        return Ok(None);
    }
    let code = kernel::ids::PublicId::of_random(rand::random());
    Ok(Some(code.to_string()))
}

/// Listens at `address`.
///
/// # Errors
///
/// The address is in use, is not this machine's, or needs more rights.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Trouble> {
    TcpListener::bind(address)
        .await
        .map_err(|cause| refused(address, &cause))
}

/// Listens at `first`, or at the next free one of the twenty ports after it.
///
/// # Errors
///
/// None of them is free.
pub async fn listen_near(first: SocketAddr) -> Result<TcpListener, Trouble> {
    let mut address = first;
    for step in 0..=20 {
        address.set_port(first.port().saturating_add(step));
        match TcpListener::bind(address).await {
            Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => {}
            other => return other.map_err(|cause| refused(address, &cause)),
        }
    }
    Err(Trouble::new(format!(
        "All ports from {} to {} are in use. Choose another with --listen {}:PORT.",
        first.port(),
        address.port(),
        first.ip()
    )))
}

fn refused(address: SocketAddr, cause: &io::Error) -> Trouble {
    let hint = match cause.kind() {
        io::ErrorKind::AddrInUse => {
            let other = address.port().checked_add(1).unwrap_or(7171);
            format!(
                "another program listens there. Stop it, or choose another address with --listen {}:{other}",
                address.ip()
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "{}. Ports below 1024 need special rights; choose another with --listen {}:7171",
                plain(cause),
                address.ip()
            )
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address. Use --listen 0.0.0.0:7171 for all of its addresses"
                .to_owned()
        }
        _ => format!("{}. Choose another address with --listen", plain(cause)),
    };
    Trouble::new(format!("Cannot listen on {address}: {hint}."))
}

/// Serves until `end`, then lets running requests finish.
///
/// # Errors
///
/// The socket fails.
pub async fn serve(listener: TcpListener, house: House, end: Ending) -> Result<(), Trouble> {
    let (ended, mut told) = tokio::sync::watch::channel(false);
    let stop = async move {
        end.asked().await;
        let _ = ended.send(true);
    };
    let server = axum::serve(listener, house.router).with_graceful_shutdown(stop);
    let overdue = async move {
        // A dropped sender means the server ended by itself; then there is nothing to wait for.
        if told.wait_for(|ended| *ended).await.is_ok() {
            tokio::time::sleep(PATIENCE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let outcome = tokio::select! {
        outcome = server => outcome,
        () = overdue => Ok(()),
    };
    house.kit.db.close().await;
    outcome.map_err(|cause| Trouble::new(format!("Serving ended: {}.", plain(&cause))))
}

/// The wish that the program ends: Ctrl-C, or the system asking the process to stop.
///
/// It is heard from the moment this is made, so it is made before the address is told to anybody.
#[derive(Debug)]
pub struct Ending {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Ending {
    /// # Errors
    ///
    /// The system hands out no signals.
    pub fn watch() -> Result<Ending, Trouble> {
        #[cfg(unix)]
        return Ok(Ending {
            signals: [
                watched(tokio::signal::unix::SignalKind::interrupt())?,
                watched(tokio::signal::unix::SignalKind::terminate())?,
            ],
        });
        #[cfg(not(unix))]
        Ok(Ending {})
    }

    /// Waits for it.
    #[cfg(unix)]
    pub async fn asked(mut self) {
        let [interrupt, terminate] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }

    /// Waits for it.
    #[cfg(not(unix))]
    pub async fn asked(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
fn watched(kind: tokio::signal::unix::SignalKind) -> Result<tokio::signal::unix::Signal, Trouble> {
    tokio::signal::unix::signal(kind)
        .map_err(|cause| Trouble::new(format!("Signals cannot be watched: {}.", plain(&cause))))
}
