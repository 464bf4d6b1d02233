//! Tables from outside and tables for outside: CSV files and workbooks, read strictly and written safely.
//!
//! A kind of file declares its columns once, as a [`Layout`]. [`read`] turns bytes into a
//! [`Sheet`] of rows or into [`Faults`] that name row and column; [`write()`] makes the file that
//! [`read`] takes back. A [`Mapping`] lets a file with other names, other codes and other units be
//! read as if it had been written for the layout. Nothing here knows what the rows are about.

mod cells;
mod cleaning;
mod control;
mod day;
mod encoding;
mod exact;
pub mod export;
mod fault;
mod forms;
mod header;
mod layout;
mod lookup;
mod mapping;
mod outcome;
mod reader;
mod reading;
mod recipe;
pub mod recognise;
mod row;
mod source;
mod template;
mod totals;
pub mod workbook;
mod writing;

pub use fault::{Fault, Faults, FileError};
pub use layout::{Column, Layout};
pub use mapping::Mapping;
pub use outcome::Outcome;
pub use reader::{Found, Place, Reader};
pub use reading::{
    LIMIT_BYTES, LIMIT_COLUMNS, LIMIT_ROWS, Mended, OpenFile, read, read_marking_bad, read_within,
};
pub use row::{Document, Row, Sheet};
pub use source::{MakeScratch, Scratch, Source, Store};
pub use writing::{BYTE_ORDER_MARK, write, write_row};
