//! The command line: what is asked, done, and said at the end.

mod accounts;
mod demo;
mod doctor;
mod export;
mod import;
mod init;
mod read_workbook;
mod recognise;
mod secret;
mod serve;
mod speech;
mod telling;

use std::{future::Future, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{settings, trouble::Trouble};

/// Runs a sales region as one closed loop: targets, facts, deviations, actions.
#[derive(Debug, Parser)]
#[command(
    name = "bailiwick",
    version,
    about,
    arg_required_else_help = true,
    after_help = "\
Examples:
  bailiwick demo                                   look around in a made-up company
  bailiwick init --data ./data --company Nordlicht --currency EUR --admin-email ada@nordlicht.example
  bailiwick serve --data ./data
  bailiwick help import"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Draw up a living demo company and serve it
    Demo(demo::Demo),
    /// Found the company in a new database, with its first administrator
    Init(init::Init),
    /// Serve pages and API until stopped
    Serve(serve::Serve),
    /// Read a file in: units, people, customers, products, orders and more
    Import(import::Import),
    /// Write the mapping by which a file made elsewhere would be read
    Recognise(recognise::Recognise),
    /// Write a kind of record as a file that import reads back
    Export(export::Export),
    /// Make tokens with which programs use the API
    Token(accounts::Token),
    /// Set passwords
    Password(accounts::Password),
    /// Print the API's OpenAPI document
    #[command(after_help = "Example:\n  bailiwick openapi > openapi.json")]
    Openapi,
    /// Say how the installation is, and what needs attention
    Doctor(doctor::Doctor),
    ReadWorkbook(read_workbook::ReadWorkbook),
}

/// Reads the arguments, runs the command, and answers with the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            speech::complain(&trouble);
            ExitCode::from(trouble.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), Trouble> {
    match command {
        Command::Demo(demo) => block_on(demo.run()),
        Command::Init(init) => block_on(init.run()),
        Command::Serve(serve) => block_on(serve.run()),
        Command::Import(import) => {
            import::step_back();
            block_on(import.run())
        }
        Command::Recognise(recognise) => recognise.run(),
        Command::Export(export) => block_on(export.run()),
        Command::Token(token) => block_on(token.run()),
        Command::Password(password) => block_on(password.run()),
        Command::Openapi => openapi(),
        Command::Doctor(doctor) => block_on(doctor.run()),
        Command::ReadWorkbook(workbook) => workbook.run(),
    }
}

fn openapi() -> Result<(), Trouble> {
    let text = serde_json::to_string_pretty(crate::describe::document());
    speech::say(
        &text.map_err(|cause| Trouble::new(format!("The document cannot be written: {cause}.")))?,
    )
}

fn block_on(work: impl Future<Output = Result<(), Trouble>>) -> Result<(), Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|cause| {
        Trouble::new(format!(
            "The program cannot start its threads: {}.",
            crate::folder::plain(&cause)
        ))
    })?;
    runtime.block_on(work)
}

/// What is logged goes to stderr, so that it never mixes with an answer.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_new(settings::log_filter())
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_command_has_an_example() {
        let mut program = Cli::command();
        program.build();
        program.clone().debug_assert();
        for command in program
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
        {
            let below: Vec<&clap::Command> = command
                .get_subcommands()
                .filter(|one| one.get_name() != "help")
                .collect();
            let all = if below.is_empty() {
                vec![command]
            } else {
                below
            };
            for one in all {
                let help = one
                    .get_after_help()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                assert!(
                    help.contains("Example"),
                    "{} has no example",
                    one.get_name()
                );
            }
        }
    }
}
