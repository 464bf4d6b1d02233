//! `token` and `password`: ways in, made by whoever may read the data.

use clap::Subcommand;
use db::Tx;
use org::{
    credential::{token_hash, write_token},
    store::{
        logins::{self, Login},
        sessions,
    },
};
use serde_json::json;
use trail::{By, Entry};

use super::{secret, speech};
use crate::{clock, folder, settings::PlaceFlags, trouble::Trouble};

/// Make tokens with which programs use the API
#[derive(Debug, clap::Args)]
pub struct Token {
    #[command(subcommand)]
    act: TokenAct,
}

#[derive(Debug, Subcommand)]
enum TokenAct {
    /// Make a token that may do what its user may; it is shown this once
    #[command(after_help = "\
Example:
  bailiwick token create --user ada@nordlicht.example --data ./data")]
    Create {
        #[command(flatten)]
        place: PlaceFlags,
        /// Whose rights the token has
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "made at the shell")]
        name: String,
        /// Answer as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Set passwords
#[derive(Debug, clap::Args)]
pub struct Password {
    #[command(subcommand)]
    act: PasswordAct,
}

#[derive(Debug, Subcommand)]
enum PasswordAct {
    /// Set the password of a user and open a closed login
    #[command(after_help = "\
Example:
  bailiwick password set --user ada@nordlicht.example --data ./data")]
    Set {
        #[command(flatten)]
        place: PlaceFlags,
        /// Whose password
        #[arg(long, value_name = "EMAIL")]
        user: String,
    },
}

impl Token {
    pub async fn run(self) -> Result<(), Trouble> {
        let TokenAct::Create {
            place,
            user,
            name,
            json,
        } = self.act;
        let db = folder::open(&place.place()?).await?;
        let token = write_token(rand::random());
        let making = Making {
            user: user.clone(),
            name,
            hash: token_hash(&token),
            by: By::shell(clock::now()),
        };
        db.write(making, |tx, making| Box::pin(make(tx, making)))
            .await?;
        db.close().await;
        if json {
            return speech::say(&json!({ "user": user, "token": token }).to_string());
        }
        speech::say(&token)
    }
}

struct Making {
    user: String,
    name: String,
    hash: String,
    by: By,
}

async fn make(tx: &mut Tx, making: &Making) -> db::Result<()> {
    let login = login(tx, &making.user).await?;
    sessions::add_token(tx, &making.name, &making.hash, login.id, making.by.at).await?;
    note(tx, &making.by, "create", "token", &making.user).await
}

impl Password {
    pub async fn run(self) -> Result<(), Trouble> {
        let PasswordAct::Set { place, user } = self.act;
        let place = place.place()?;
        let db = folder::open(&place).await?;
        // Asked for only once it is known whose it is.
        let mut tx = db.read().await?;
        login(&mut tx, &user).await?;
        drop(tx);
        let hash = secret::new_password_hash()?;
        let input = (user.clone(), hash, By::shell(clock::now()));
        db.write(input, |tx, (user, hash, by)| {
            Box::pin(set(tx, user, hash, by))
        })
        .await?;
        db.close().await;
        speech::say(&format!("The password of {user} is set."))
    }
}

async fn set(tx: &mut Tx, user: &str, hash: &str, by: &By) -> db::Result<()> {
    let login = login(tx, user).await?;
    logins::save_password(tx, login.id, hash).await?;
    note(tx, by, "set", "password", user).await
}

async fn login(tx: &mut Tx, user: &str) -> db::Result<Login> {
    let missing = || {
        let text = format!(
            "Nobody signs in as {user}. Check the address; people with a role and an e-mail address have a login."
        );
        kernel::Refusal::value("user.unknown", text)
    };
    Ok(logins::by_email(tx, user).await?.ok_or_else(missing)?)
}

async fn note(tx: &mut Tx, by: &By, action: &str, noun: &str, subject: &str) -> db::Result<()> {
    let entry = Entry {
        action,
        noun,
        subject,
        ..Entry::default()
    };
    trail::record(tx, by, entry).await
}
