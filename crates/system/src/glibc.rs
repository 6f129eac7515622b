//! glibc's memory.

/// All threads take their memory from one heap. By default each has one of its own (mallopt(3), `M_ARENA_MAX`), and what one
/// of them once needed for a moment stays with it. To be called before there is a second thread.
pub fn share_one_heap() {
    // SAFETY: it takes two numbers and touches nothing of ours; while there is one thread nobody else is in the allocator.
    // If it refuses, memory is handled as before.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
}
