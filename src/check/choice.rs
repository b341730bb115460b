//! Which cells are looked at: those that no module can tell apart once, and of very many the most varied.

use std::collections::BTreeSet;

use crate::environment::cells::Cell;
use crate::environment::{Environment, ThirdParty};

/// Modules that are imported at most, in all cells together, unless all cells are asked for.
const MOST_MODULES: usize = 5_000;

/// However many modules there are, this many cells are looked at.
const FEWEST_CELLS: usize = 8;

/// Cells that are the same environment, together.
pub(super) fn joined(cells: &[&(Cell, Environment)]) -> Vec<(Vec<Cell>, Environment)> {
    let mut joined: Vec<(Vec<Cell>, Environment)> = Vec::new();
    for (cell, environment) in cells {
        let same = joined.iter_mut().find(|(others, known)| {
            is_same(known, environment)
                && others.first().is_some_and(|other| {
                    (&other.working_directory, &other.pytest) == (&cell.working_directory, &cell.pytest)
                })
        });
        match same {
            Some((others, _)) => others.push(cell.clone()),
            None => joined.push((vec![cell.clone()], environment.clone())),
        }
    }
    joined
}

/// The cells that are looked at by default, for so many test modules: of very many a varied choice.
pub(super) fn of(cells: &[(Cell, Environment)], modules: usize) -> Vec<(Vec<Cell>, Environment)> {
    let most = (MOST_MODULES / modules.max(1)).max(FEWEST_CELLS);
    let mut left = joined(&cells.iter().collect::<Vec<_>>());
    let mut chosen = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while chosen.len() < most && !left.is_empty() {
        // What brings the most that was not seen; the first of those that bring as much.
        let gain = |traits: &[String]| traits.iter().filter(|one| !seen.contains(*one)).count();
        let gains: Vec<usize> =
            left.iter().map(|(cells, environment)| gain(&traits(cells, environment))).collect();
        let best = gains.iter().copied().max().unwrap_or_default();
        let at = gains.iter().position(|gain| *gain == best).unwrap_or_default();
        let taken = left.remove(at);
        seen.extend(traits(&taken.0, &taken.1));
        chosen.push(taken);
    }
    let order = |name: &str| cells.iter().position(|(cell, _)| cell.name == name);
    chosen.sort_by_key(|(cells, _)| cells.first().and_then(|cell| order(&cell.name)));
    chosen
}

/// What distinguishes a cell, one text for each quality.
fn traits(cells: &[Cell], environment: &Environment) -> Vec<String> {
    let mut traits = vec![
        format!("python {}", environment.python.peek()),
        format!("platform {} {:?}", environment.platform.peek(), environment.machine.peek()),
        format!("pytest {}", environment.pytest),
    ];
    if let Some(cell) = cells.first() {
        traits.push(format!("call {} {:?}", cell.working_directory.display(), cell.pytest));
    }
    if let ThirdParty::Declared(declared) = &environment.third_party {
        traits.push(format!("installed {:?} {}", declared.installed, declared.closed));
    }
    traits
}

fn is_same(left: &Environment, right: &Environment) -> bool {
    let is_same_third_party = match (&left.third_party, &right.third_party) {
        (ThirdParty::Declared(left), ThirdParty::Declared(right)) => {
            (&left.installed, &left.possible, &left.left_out, left.closed, &left.projects)
                == (&right.installed, &right.possible, &right.left_out, right.closed, &right.projects)
        }
        _ => false,
    };
    is_same_third_party
        && (left.python, left.platform, left.machine, left.pytest)
            == (right.python, right.platform, right.machine, right.pytest)
        && left.absent == right.absent
        && left.variables == right.variables
        && left.all_variables == right.all_variables
        && left.python_path == right.python_path
}
