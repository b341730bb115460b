//! The grid for terminals: numbered columns, and the cells' names below.

use std::io;

use super::{Mark, Matrix};
use crate::diagnostic::Severity;
use crate::report::Style;
use crate::report::paint::Paint;

/// Longer paths lose their beginning.
const LONGEST_PATH: usize = 60;

/// Writes the grid, its legend, what breaks and the totals.
///
/// # Errors
///
/// The stream's.
pub fn write_text(matrix: &Matrix, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint::new(style.colour);
    if !matrix.modules.is_empty() {
        let paths: Vec<String> = matrix.modules.iter().map(|row| shortened(&row.path)).collect();
        let label = "pytest exits with";
        let widths = paths.iter().map(|path| path.chars().count()).chain([label.len()]);
        let width = widths.max().unwrap_or_default();
        // Blocks of columns that fit beside the paths.
        let fitting = (style.width.saturating_sub(width + 1) / SQUARE).max(8);
        let places: Vec<usize> = (0..matrix.cells.len()).collect();
        for block in places.chunks(fitting) {
            write!(out, "{:width$}", "")?;
            for place in block {
                write!(out, "{:>SQUARE$}", place + 1)?;
            }
            writeln!(out)?;
            for (row, path) in matrix.modules.iter().zip(&paths) {
                write!(out, "{path:width$}")?;
                for &place in block {
                    let mark = Mark::of(row.squares[place].as_ref());
                    write!(out, "{:>1$}{2}", "", SQUARE - 1, painted(mark, paint))?;
                }
                writeln!(out)?;
            }
            write!(out, "{label:width$}")?;
            for &place in block {
                let code = &matrix.cells[place].exit_code;
                let code = code.as_i64().map_or_else(|| "?".to_owned(), |code| code.to_string());
                write!(out, "{code:>SQUARE$}")?;
            }
            writeln!(out, "\n")?;
        }
        let used = |mark: &Mark| {
            let mut squares = matrix.modules.iter().flat_map(|row| &row.squares);
            squares.any(|square| Mark::of(square.as_ref()) == *mark)
        };
        let legend = Mark::ALL.iter().filter(|mark| **mark != Mark::NotMet && used(mark));
        let legend: Vec<String> =
            legend.map(|mark| format!("{} {}", painted(*mark, paint), mark.meaning())).collect();
        writeln!(out, "{}\n", legend.join("   "))?;
    }
    let longest = matrix.cells.iter().map(|cell| cell.name.chars().count()).max().unwrap_or_default();
    for (number, cell) in matrix.cells.iter().enumerate() {
        let (number, name) = (number + 1, &cell.name);
        let super::Column { python, platform, machine, pytest, .. } = cell;
        writeln!(out, "{number:>3} {name:longest$}  Python {python}, {platform} {machine}, pytest {pytest}")?;
        if let Some(cause) = cell.failure.and_then(|cause| matrix.causes.get(cause)) {
            writeln!(out, "    {}", paint.severity(Severity::Error, &cause.says()))?;
        }
    }
    if !matrix.cells.is_empty() {
        writeln!(out)?;
    }
    for cause in matrix.causes.iter().filter(|cause| cause.breaks) {
        match cause.trace.last() {
            Some(step) => writeln!(out, "{}:{}: {}", step.path, step.line, cause.says())?,
            None => writeln!(out, "{}", cause.says())?,
        }
    }
    writeln!(out, "{}", paint.bold(&matrix.sentence()))
}

/// How wide a column is.
const SQUARE: usize = 3;

fn painted(mark: Mark, paint: Paint) -> String {
    let symbol = mark.symbol();
    match mark {
        Mark::Error | Mark::Aborts => paint.severity(Severity::Error, symbol).into_owned(),
        Mark::Skipped | Mark::Perhaps => paint.severity(Severity::Warning, symbol).into_owned(),
        Mark::Collected | Mark::NotMet => symbol.to_owned(),
    }
}

fn shortened(path: &str) -> String {
    let length = path.chars().count();
    if length <= LONGEST_PATH {
        return path.to_owned();
    }
    let rest: String = path.chars().skip(length - LONGEST_PATH + 1).collect();
    format!("…{rest}")
}
