//! `collectlint explain`: why a module, or a test, comes out as it does.

use std::io::{self, Write};

use anyhow::bail;

use super::Status;
use super::args::ExplainArgs;
use super::context::Context;
use crate::check::{self, Predicted, Request};
use crate::fs::FileSystem;
use crate::outcome::NodeId;
use crate::report::story;
use crate::syntax::Sources;

pub(super) fn run(args: &ExplainArgs, context: &Context) -> anyhow::Result<Status> {
    let fs = FileSystem::new();
    let (path, node) = match args.target.split_once("::") {
        Some((path, node)) => (path, Some(node)),
        None => (args.target.as_str(), None),
    };
    let path = context.absolute(path.as_ref());
    if !fs.is_file(&path) {
        bail!("{} is no file; name a module, or a test in one", path.display());
    }
    let options = context.settings(&fs)?.options;
    let mut request = Request {
        working_directory: context.working_directory.clone(),
        pytest_arguments: args.session.pytest_arguments.clone(),
        python_m: args.session.python_m,
        target: args.environment.target(&options),
        options,
        ..Request::default()
    };
    let sources = Sources::new(&fs);
    let mut out = context.stdout();
    // Modules change what later ones see, so the whole session comes first.
    let whole = check::predict(&sources, &request)?;
    if tell(&whole, &path, node, &sources, &mut out)? {
        out.flush()?;
        return Ok(Status::Clean);
    }
    request.paths = vec![path.clone()];
    let alone = check::predict(&sources, &request)?;
    writeln!(out, "A plain pytest does not meet this module. If it is named on the command line:\n")?;
    if !tell(&alone, &path, node, &sources, &mut out)? {
        writeln!(out, "pytest does not import it as a test module.")?;
    }
    out.flush()?;
    Ok(Status::Clean)
}

/// Whether the prediction knows the module.
fn tell(
    predicted: &Predicted,
    path: &std::path::Path,
    node: Option<&str>,
    sources: &Sources<'_>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let Some(module) = predicted.prediction.modules.iter().find(|module| module.path == path) else {
        return Ok(false);
    };
    story::of_module(module, &predicted.prediction, &predicted.environment, sources, out)?;
    if let Some(node) = node {
        let id = format!("{}::{node}", module.node);
        let of_it = |item: &&NodeId| {
            item.text.strip_prefix(&id).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', ':']))
        };
        let items: Vec<_> = module.items.iter().filter(of_it).collect();
        match items.as_slice() {
            [] => writeln!(out, "\npytest collects no `{id}`.")?,
            items => {
                writeln!(out, "\npytest collects")?;
                items.iter().try_for_each(|item| writeln!(out, "  {item}"))?;
            }
        }
    }
    Ok(true)
}
