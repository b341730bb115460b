//! The grid as a page for the browser, complete in one file: it loads nothing from anywhere. The table and all
//! traces are in the page itself; the script only shows the trace of the square that is chosen.

use std::io;

use super::{Cause, Mark, Matrix};

const STYLE: &str = include_str!("matrix.css");
const SCRIPT: &str = include_str!("matrix.js");

/// Writes the page.
///
/// # Errors
///
/// The stream's.
pub fn write_html(matrix: &Matrix, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>collectlint matrix</title>\n<style>\n{STYLE}</style>\n</head>\n<body>")?;
    writeln!(out, "<h1>What pytest collects</h1>\n<p class=\"total\">{}</p>", escaped(&matrix.sentence()))?;
    legend(out)?;
    writeln!(out, "<main>\n<div class=\"grid\">\n<table>")?;
    head(matrix, out)?;
    body(matrix, out)?;
    writeln!(out, "</table>\n</div>\n<aside id=\"trace\" aria-live=\"polite\">")?;
    writeln!(out, "<p id=\"hint\">Choose a square to see why.</p>")?;
    for (place, cause) in matrix.causes.iter().enumerate() {
        trace(matrix, place, cause, out)?;
    }
    writeln!(out, "</aside>\n</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>")
}

fn legend(out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<ul class=\"legend\">")?;
    for mark in Mark::ALL {
        let (class, symbol, meaning) = (mark.class(), mark.symbol(), mark.meaning());
        writeln!(out, "<li><span class=\"square {class}\">{symbol}</span> {}</li>", escaped(meaning))?;
    }
    writeln!(out, "</ul>")
}

fn head(matrix: &Matrix, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<thead>\n<tr>\n<th scope=\"col\">module</th>")?;
    for cell in &matrix.cells {
        let about = format!(
            "Python {}, {} {}, pytest {}: collects {} tests, exits with {}",
            cell.python,
            cell.platform,
            cell.machine,
            cell.pytest,
            cell.collected,
            exit_code(&cell.exit_code)
        );
        let name = escaped(&cell.name);
        writeln!(
            out,
            "<th scope=\"col\" class=\"cell\" title=\"{}\"><span>{name}</span></th>",
            escaped(&about)
        )?;
    }
    writeln!(out, "</tr>\n</thead>")
}

fn body(matrix: &Matrix, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<tbody>")?;
    for row in &matrix.modules {
        let tests = row.tests.map_or_else(String::new, |tests| format!(" <small>{tests}</small>"));
        writeln!(out, "<tr>\n<th scope=\"row\">{}{tests}</th>", escaped(&row.path))?;
        for (cell, square) in matrix.cells.iter().zip(&row.squares) {
            let mark = Mark::of(square.as_ref());
            let (class, symbol) = (mark.class(), mark.symbol());
            let place = square.and_then(|square| square.cause);
            let cause = place.and_then(|place| matrix.causes.get(place).map(|cause| (place, cause)));
            let about = match cause {
                Some((_, cause)) => format!("{}: {}: {}", cell.name, mark.meaning(), cause.says()),
                None => format!("{}: {}", cell.name, mark.meaning()),
            };
            let about = escaped(&about);
            match cause {
                Some((place, _)) => writeln!(
                    out,
                    "<td><button class=\"square {class}\" data-cause=\"{place}\" title=\"{about}\" \
                     aria-label=\"{about}\">{symbol}</button></td>"
                )?,
                None => writeln!(
                    out,
                    "<td><span class=\"square {class}\" title=\"{about}\">{symbol}</span></td>"
                )?,
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "<tr class=\"exit\">\n<th scope=\"row\">pytest exits with</th>")?;
    for cell in &matrix.cells {
        let code = escaped(&exit_code(&cell.exit_code));
        match cell.failure {
            Some(place) => writeln!(
                out,
                "<td><button class=\"square aborts\" data-cause=\"{place}\">{code}</button></td>"
            )?,
            None => writeln!(out, "<td>{code}</td>")?,
        }
    }
    writeln!(out, "</tr>\n</tbody>")
}

fn trace(matrix: &Matrix, place: usize, cause: &Cause, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<section id=\"cause-{place}\" hidden>\n<h2>{}</h2>\n<ol>", escaped(&cause.says()))?;
    for step in &cause.trace {
        let at = format!("{}:{}", step.path, step.line);
        let (at, what, text) = (escaped(&at), escaped(&step.what), escaped(&step.text));
        writeln!(out, "<li><span class=\"at\">{at}</span> {what}<pre><code>{text}</code></pre></li>")?;
    }
    writeln!(out, "</ol>")?;
    let struck = matrix.cells.iter().enumerate().filter(|(column, cell)| {
        cell.failure == Some(place)
            || matrix
                .modules
                .iter()
                .any(|row| row.squares[*column].is_some_and(|square| square.cause == Some(place)))
    });
    let names: Vec<String> = struck.map(|(_, cell)| escaped(&cell.name)).collect();
    writeln!(out, "<p>in {} of {} cells: {}</p>", names.len(), matrix.cells.len(), names.join(", "))?;
    writeln!(out, "</section>")
}

fn exit_code(code: &serde_json::Value) -> String {
    code.as_str().map_or_else(|| code.to_string(), str::to_owned)
}

/// Safe as text and inside of quoted attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
