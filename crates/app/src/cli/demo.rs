//! `demo`: a made-up company to look around in.

use std::{fmt::Write as _, net::SocketAddr, path::PathBuf, sync::Arc};

use jiff::civil::Date;
use tokio::net::TcpListener;

use super::speech;
use crate::{
    clock::{self, CompanyClock},
    demo::{self, Note, Wish},
    folder::Held,
    serve,
    settings::Place,
    trouble::Trouble,
};

/// Draw up a living demo company and serve it
///
/// Songlan Coatings sells paint in three regions: 32 people, 600 customers, two years of orders that
/// end yesterday, and the targets of this year. Everything can be changed; nothing of it is real.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bailiwick demo
  bailiwick demo --listen 127.0.0.1:8080 --data ./demo
  bailiwick demo --today 2026-06-16 --seed 7 --fresh")]
pub struct Demo {
    /// Where to listen; without it, the first free port from 7171 on
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The folder it is kept in; without it, one in the system's temporary folder
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Another number draws up another company
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The day on which the calendar stands, so that screenshots repeat
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// Draw it up anew: all that was changed in it is gone
    #[arg(long)]
    fresh: bool,
}

impl Demo {
    pub async fn run(self) -> Result<(), Trouble> {
        let folder = self
            .data
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join("bailiwick-demo"));
        let held = Held::take(&Place::Folder(folder.clone()))?;
        let listener = self.listener().await?;
        let wish = Wish {
            seed: self.seed,
            today: self.today,
            is_fresh: self.fresh,
        };
        let (db, note) = demo::open(&folder, wish, clock::now()).await?;
        let zone = demo::zone();
        let clock = Arc::new(match self.today {
            Some(day) => CompanyClock::standing_on(day, zone),
            None => CompanyClock::running(zone),
        });
        let today = page::Clock::today(&*clock);
        let end = serve::Ending::watch()?;
        let house = serve::house(db, clock).await?;
        let address = listener.local_addr().map_err(|cause| {
            Trouble::new(format!(
                "The address cannot be told: {}.",
                crate::folder::plain(&cause)
            ))
        })?;
        speech::say(&introduction(address, &note, today))?;
        if !address.ip().is_loopback() {
            speech::remark(
                "Everyone who reaches this address can sign in with the password above.",
            );
        }
        serve::serve(listener, house, end).await?;
        drop(held);
        Ok(())
    }

    async fn listener(&self) -> Result<TcpListener, Trouble> {
        match self.listen {
            Some(address) => serve::listen(address).await,
            None => serve::listen_near(SocketAddr::from(([127, 0, 0, 1], 7171))).await,
        }
    }
}

/// What there is to see, and how to get in.
fn introduction(address: SocketAddr, note: &Note, today: Date) -> String {
    let mut text =
        format!("Songlan Coatings, a made-up company, is served at http://{address}\n\n");
    for guest in note.logins.iter().flatten() {
        let _ = writeln!(text, "  {:<28} {}", guest.email, guest.shows);
    }
    let password = demo::PASSWORD;
    let _ = writeln!(
        text,
        "\nAll of them, and everybody else there, sign in with the password {password}"
    );
    if note.today < today {
        let day = note.today;
        let _ = writeln!(
            text,
            "It was drawn up on {day}; `bailiwick demo --fresh` draws it up to yesterday again."
        );
    }
    text.push_str("Stop it with Ctrl-C.");
    text
}
