//! What an operation takes in memory on the processor, before any of it is allocated.

/// Bytes of a kernel ([`super::Kernel`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Footprint {
    /// As long as it lives: its weights packed.
    pub kept: u64,
    /// At most on the way, while it is built or at work.
    pub meanwhile: u64,
}

/// The product of sizes that somebody else has written; `u64::MAX` where it would be larger than that.
pub fn product(sizes: &[usize]) -> u64 {
    sizes.iter().fold(1, |product, &size| product.saturating_mul(size as u64))
}
