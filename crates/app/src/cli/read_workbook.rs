//! `read-workbook`: the second process in which workbooks are read; see [`crate::workbook`].

use super::speech;
use crate::{trouble::Trouble, workbook};

/// Write one sheet of the workbook on stdin as CSV
#[derive(Debug, clap::Args)]
#[command(
    hide = true,
    after_help = "\
Example:
  bailiwick read-workbook < customers.xlsx > customers.csv"
)]
pub struct ReadWorkbook {
    /// The sheet to read; without it, the first that is not empty
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

impl ReadWorkbook {
    pub fn run(self) -> Result<(), Trouble> {
        let remarks = workbook::read_and_write(self.sheet.as_deref()).map_err(Trouble::new)?;
        for remark in remarks {
            speech::remark(&remark);
        }
        Ok(())
    }
}
