//! What one body may ask of a reader.

use super::{Problem, ReadError};

/// Levels of nesting that a reader follows. The deepest ECS shape has 9; a bound keeps hostile input from
/// exhausting the stack.
pub const MAX_DEPTH: u32 = 64;

/// Memory that the list elements, map entries and boxes of one body may take. Three bytes of input can ask
/// for an element of a kilobyte; an honest body of the largest accepted size (16 MiB) stays far below this.
pub const MAX_MEMORY_BYTES: usize = 64 << 20;

/// What is left for the rest of one body.
#[derive(Debug)]
pub(crate) struct Limits {
    depth_left: u32,
    memory_left_bytes: usize,
}

impl Limits {
    /// Everything is still allowed.
    pub(crate) fn new() -> Limits {
        Limits { depth_left: MAX_DEPTH, memory_left_bytes: MAX_MEMORY_BYTES }
    }

    /// One level deeper; paired with [`Limits::leave`].
    pub(crate) fn enter(&mut self) -> Result<(), ReadError> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(Problem::TooDeep)?;
        Ok(())
    }

    /// One level up again.
    pub(crate) fn leave(&mut self) {
        self.depth_left += 1;
    }

    /// Takes memory for one list element, map entry or box.
    pub(crate) fn take_memory(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.memory_left_bytes = self.memory_left_bytes.checked_sub(bytes).ok_or(Problem::TooLarge)?;
        Ok(())
    }
}
