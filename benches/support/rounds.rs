//! What the benchmarks have in common: rounds in turn.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Prints the medians of two works that are done in turn, and their ratio.
#[expect(clippy::print_stdout, reason = "what it is for")]
pub(crate) fn compare(
    rounds: usize,
    mut first: (&str, impl FnMut() -> Result<()>),
    mut second: (&str, impl FnMut() -> Result<()>),
) -> Result<()> {
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..rounds {
        let start = Instant::now();
        first.1()?;
        times[0].push(start.elapsed());
        let start = Instant::now();
        second.1()?;
        times[1].push(start.elapsed());
    }
    let [one, other] = times.map(median);
    println!("{:12} {:8.3} s", first.0, one.as_secs_f64());
    println!("{:12} {:8.3} s", second.0, other.as_secs_f64());
    println!("ratio        {:8.2}", other.as_secs_f64() / one.as_secs_f64());
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
