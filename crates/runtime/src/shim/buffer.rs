//! Memory for output on its way, given back to the kernel when it is quiet: a host has thousands of idle shims.

use std::io;

/// One page-aligned block.
pub(super) struct Buffer {
    start: *mut libc::c_void,
    length: usize,
}

impl Buffer {
    pub(super) fn new(length: usize) -> io::Result<Buffer> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping at an address of the kernel's choice.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(Buffer { start, length }) }
    }

    pub(super) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the mapping is readable, writable, zeroed, of this length, and borrowed by nobody else.
        unsafe { std::slice::from_raw_parts_mut(self.start.cast(), self.length) }
    }

    /// Gives the memory back; the block stays usable.
    pub(super) fn release(&mut self) {
        // SAFETY: the contents become zero, which is a valid content; nobody holds a borrow.
        unsafe { libc::madvise(self.start, self.length, libc::MADV_DONTNEED) };
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and the value ends here.
        unsafe { libc::munmap(self.start, self.length) };
    }
}
