//! The threads that predictions run on. Python code may call itself a thousand times, and the interpreter
//! follows it on its own stack: these threads have room for that.
//!
//! NOTE: it is one pool for predictions and for what they do in parallel themselves. Threads that waited for
//! predictions on other threads would leave nobody to parse the files that those ask for.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::CheckError;

/// Reserved, not used: only pages that are touched take up memory.
const STACK: usize = 1 << 30;

/// Works with all the stack that may be needed; what is done in parallel is done on such threads, too.
pub(super) fn on_deep_stack<T: Send>(
    work: impl FnOnce() -> Result<T, CheckError> + Send,
) -> Result<T, CheckError> {
    static POOL: OnceLock<Result<ThreadPool, String>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .num_threads(rayon::current_num_threads())
            .stack_size(STACK)
            .thread_name(|number| format!("prediction-{number}"))
            .build()
            .map_err(|error| error.to_string())
    });
    match pool {
        Ok(pool) => pool.install(work),
        Err(error) => Err(CheckError::Thread(error.clone())),
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    #[test]
    fn predictions_that_wait_for_parallel_work_do_not_starve_it() {
        let sums: Vec<usize> = (0..64_usize)
            .into_par_iter()
            .map(|number| {
                on_deep_stack(|| Ok((0..100_usize).into_par_iter().map(|other| other + number).sum()))
                    .unwrap()
            })
            .collect();
        assert_eq!(sums[63], 4950 + 6300);
    }
}
