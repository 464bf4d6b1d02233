//! `serve`: pages and API for the company in a data folder or a PostgreSQL database.

use std::{net::SocketAddr, sync::Arc};

use super::speech;
use crate::{
    clock::CompanyClock,
    folder::{self, Held},
    serve,
    settings::PlaceFlags,
    trouble::Trouble,
    wiring,
};

/// Serve pages and API until stopped
///
/// Where nobody can sign in yet, it prints the address at which the company is founded.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bailiwick serve --data ./data
  bailiwick serve --database-url postgres://bailiwick@db.internal/bailiwick --listen 0.0.0.0:7171")]
pub struct Serve {
    #[command(flatten)]
    place: PlaceFlags,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7171")]
    listen: SocketAddr,
}

impl Serve {
    pub async fn run(self) -> Result<(), Trouble> {
        let place = self.place.place()?;
        let held = Held::take(&place)?;
        let listener = serve::listen(self.listen).await?;
        let db = folder::open_or_create(&place).await?;
        let clock = Arc::new(CompanyClock::running(wiring::zone(&db).await?));
        let end = serve::Ending::watch()?;
        let house = serve::house(db, clock).await?;
        let address = listener.local_addr().unwrap_or(self.listen);
        speech::say(&match &house.setup.0 {
            Some(code) => format!("Found the company at http://{address}/first-run?code={code}"),
            None => format!("{} is served at http://{address}", house.kit.site.company()),
        })?;
        serve::serve(listener, house, end).await?;
        drop(held);
        Ok(())
    }
}
