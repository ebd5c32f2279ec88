//! Unpredictable choices as a function of a seed: the shell draws 32 bytes per batch, the core expands them.

use sha2::{Digest, Sha256};

/// A stream of bytes from a seed: SHA-256 of seed and counter, block after block.
#[derive(Debug, Clone)]
pub struct Entropy {
    seed: [u8; 32],
    block: u64,
}

impl Entropy {
    /// Starts the stream of a seed.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed, block: 0 }
    }

    /// The seed of the `index`th step of a batch: steps must not share a stream.
    pub fn derive(&self, index: u64) -> [u8; 32] {
        hash(&self.seed, u64::MAX - index)
    }

    /// The seed in hexadecimal digits, as the journal records it.
    pub fn seed_hex(&self) -> String {
        self.seed.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Sixteen bytes, for an id.
    pub fn id(&mut self) -> [u8; 16] {
        let block = self.next_block();
        std::array::from_fn(|i| block[i])
    }

    /// Sixteen bytes with the version and variant bits of a random UUID (RFC 9562, version 4).
    pub fn uuid(&mut self) -> [u8; 16] {
        let mut bytes = self.id();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        bytes
    }

    /// Sixty-four bits.
    pub fn bits(&mut self) -> u64 {
        let block = self.next_block();
        u64::from_be_bytes(std::array::from_fn(|i| block[i]))
    }

    /// A number below `limit`; 0 when `limit` is 0. The bias is below 2⁻³² for limits below 2³².
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.bits() % limit }
    }

    fn next_block(&mut self) -> [u8; 32] {
        self.block += 1;
        hash(&self.seed, self.block)
    }
}

fn hash(seed: &[u8; 32], number: u64) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(seed);
    hasher.update(number.to_be_bytes());
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream_and_steps_differ() {
        let root = Entropy::new([7; 32]);
        let (mut a, mut b) = (root.clone(), root.clone());
        assert_eq!((a.id(), a.bits()), (b.id(), b.bits()));
        assert_ne!(root.derive(0), root.derive(1));
    }
}
