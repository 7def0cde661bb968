//! Work spread over the processors where the feature `rayon` is on, and done one after the other where it is not (in
//! browsers, which have workers instead). The results are the same, in the same order.

/// `work` of each of `items`, in their order.
#[cfg(feature = "rayon")]
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    items.par_iter().map(work).collect()
}

/// `work` of each of `items`, in their order.
#[cfg(not(feature = "rayon"))]
pub(crate) fn map<T, R>(items: &[T], work: impl Fn(&T) -> R) -> Vec<R> {
    items.iter().map(work).collect()
}

/// How many may work side by side.
#[cfg(feature = "rayon")]
pub(crate) fn workers() -> usize {
    rayon::current_num_threads()
}

/// How many may work side by side.
#[cfg(all(not(feature = "rayon"), with_learning))]
pub(crate) fn workers() -> usize {
    1
}
