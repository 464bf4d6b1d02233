//! Where the data is and how it is reached: flags first, then the environment.

use std::{ffi::OsString, path::PathBuf};

use crate::trouble::Trouble;

/// The variable that names the data folder where no flag does.
pub const DATA_VARIABLE: &str = "BAILIWICK_DATA";
/// The variable that names the PostgreSQL database where no flag does.
pub const URL_VARIABLE: &str = "BAILIWICK_DATABASE_URL";
/// The variable that says how much is logged: `warn`, `info`, `db=debug`.
pub const LOG_VARIABLE: &str = "BAILIWICK_LOG";

/// The flags every command takes to say where the data is.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct PlaceFlags {
    /// The data folder, with its embedded database [env: BAILIWICK_DATA]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL database, postgres://user:password@host:5432/name [env: BAILIWICK_DATABASE_URL]
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    pub database_url: Option<String>,
}

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Folder(PathBuf),
    Server(String),
}

impl PlaceFlags {
    /// The place these flags and the environment name; a flag wins over any variable.
    ///
    /// # Errors
    ///
    /// Neither or, in the environment, both are named, or an address is not PostgreSQL's.
    pub fn place(&self) -> Result<Place, Trouble> {
        self.place_with(environment)
    }

    fn place_with(&self, variable: impl Fn(&str) -> Option<OsString>) -> Result<Place, Trouble> {
        if let Some(folder) = &self.data {
            return Ok(Place::Folder(folder.clone()));
        }
        if let Some(url) = &self.database_url {
            return server(url.clone());
        }
        match (variable(DATA_VARIABLE), variable(URL_VARIABLE)) {
            (Some(folder), None) => Ok(Place::Folder(PathBuf::from(folder))),
            (None, Some(url)) => server(url.to_string_lossy().into_owned()),
            (Some(_), Some(_)) => Err(Trouble::usage(format!(
                "Both {DATA_VARIABLE} and {URL_VARIABLE} are set. Keep one of them, or name the place with --data or --database-url."
            ))),
            (None, None) => Err(Trouble::usage(format!(
                "Where is the data? Name a folder with --data DIR or a PostgreSQL database with --database-url URL, or set {DATA_VARIABLE} or {URL_VARIABLE}."
            ))),
        }
    }
}

fn server(url: String) -> Result<Place, Trouble> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Place::Server(url));
    }
    Err(Trouble::usage(
        "The database address must begin with postgres://, like postgres://user:password@host:5432/bailiwick.",
    ))
}

/// A variable of the environment that is set and not empty.
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// What is to be logged; warnings unless the environment says otherwise.
pub fn log_filter() -> String {
    environment(LOG_VARIABLE)
        .and_then(|filter| filter.into_string().ok())
        .unwrap_or_else(|| "warn".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(
        data: Option<&str>,
        url: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Place, Trouble> {
        let flags = PlaceFlags {
            data: data.map(PathBuf::from),
            database_url: url.map(str::to_owned),
        };
        flags.place_with(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_flag_wins_over_the_environment() {
        let both = [(DATA_VARIABLE, "/env"), (URL_VARIABLE, "postgres://env")];
        assert_eq!(
            resolved(Some("/flag"), None, &both),
            Ok(Place::Folder("/flag".into()))
        );
        assert_eq!(
            resolved(None, Some("postgres://flag"), &both),
            Ok(Place::Server("postgres://flag".into()))
        );
        assert_eq!(
            resolved(None, None, &both[..1]),
            Ok(Place::Folder("/env".into()))
        );
        assert_eq!(
            resolved(None, None, &both[1..]),
            Ok(Place::Server("postgres://env".into()))
        );
    }

    #[test]
    fn no_place_and_two_places_are_refused() {
        let both = [(DATA_VARIABLE, "/env"), (URL_VARIABLE, "postgres://env")];
        assert!(
            resolved(None, None, &[])
                .unwrap_err()
                .to_string()
                .contains("--data DIR")
        );
        assert!(
            resolved(None, None, &both)
                .unwrap_err()
                .to_string()
                .starts_with("Both")
        );
        assert_eq!(resolved(None, None, &[]).unwrap_err().exit_code(), 2);
    }
}
