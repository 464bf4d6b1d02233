//! The rows that were left out, written beside the file with the reason for each.
//!
//! It has the columns of the file, so that it can be mended and read in again; the two in front say
//! where a row stood and what is wrong with it. What would run in a spreadsheet program is made safe.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufWriter, Write as _},
    path::PathBuf,
};

use sheet::{BYTE_ORDER_MARK, Faults, Place, Reader, write_row};

use super::{Bad, file::File};
use crate::{folder::plain, trouble::Trouble};

/// Collects what is bad; nothing is written before the first row.
pub(super) struct BadFile {
    /// None if nothing is to be written.
    path: Option<PathBuf>,
    out: Option<BufWriter<fs::File>>,
    pub documents: u64,
    pub rows: u64,
}

impl BadFile {
    /// `FILE.bad.csv` beside the file.
    pub(super) fn beside(file: &File, is_written: bool) -> BadFile {
        let path = file.path.as_ref().filter(|_| is_written).map(|path| {
            let mut name = path.clone().into_os_string();
            name.push(".bad.csv");
            PathBuf::from(name)
        });
        BadFile {
            path,
            out: None,
            documents: 0,
            rows: 0,
        }
    }

    /// Adds the rows of a document with what is wrong with them.
    pub(super) fn add(
        &mut self,
        reader: &mut Reader,
        rows: &[(u32, Place)],
        faults: &Faults,
    ) -> Result<(), Trouble> {
        self.documents += 1;
        self.rows += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let Some(path) = self.path.clone() else {
            return Ok(());
        };
        let unwritable = |cause: io::Error| {
            Trouble::new(format!(
                "The bad rows cannot be written to {}: {}. Nothing more was read in.",
                path.display(),
                plain(&cause)
            ))
        };
        let mut text = String::new();
        if self.out.is_none() {
            let file = fs::File::create(&path).map_err(unwritable)?;
            self.out = Some(BufWriter::new(file));
            text.push_str(BYTE_ORDER_MARK);
            let names = reader.header().iter().map(String::as_str);
            write_row(
                &mut text,
                ["bad_row", "bad_reason"].into_iter().chain(names),
            );
        }
        let mut reasons: BTreeMap<Option<u64>, Vec<String>> = BTreeMap::new();
        for fault in faults.kept() {
            let reason = match &fault.column {
                Some(column) => format!("{column}: {}", fault.message),
                None => fault.message.clone(),
            };
            reasons.entry(fault.row).or_default().push(reason);
        }
        for (_, place) in rows {
            let cells = reader
                .cells(*place)
                .map_err(|fault| Trouble::new(fault.to_string()))?;
            let number = place.number();
            let reason = match reasons.get(&Some(number)) {
                Some(own) => own.join(" "),
                None => "Another row of the same document is bad.".to_owned(),
            };
            let number = number.to_string();
            let front = [number.as_str(), reason.as_str()].into_iter();
            write_row(&mut text, front.chain(cells.iter().map(String::as_str)));
        }
        let out = self.out.as_mut();
        out.map_or(Ok(()), |out| out.write_all(text.as_bytes()))
            .map_err(unwritable)
    }

    /// What was left out, if anything was.
    pub(super) fn finish(mut self) -> Result<Option<Bad>, Trouble> {
        if let Some(mut out) = self.out.take() {
            out.flush().map_err(|cause| {
                Trouble::new(format!(
                    "The bad rows cannot be written: {}.",
                    plain(&cause)
                ))
            })?;
        }
        Ok((self.documents != 0).then_some(Bad {
            documents: self.documents,
            rows: self.rows,
            file: self.path,
        }))
    }
}
