//! The device rules of version 2: a small BPF program that is attached to the container's group.
//!
//! Source of the numbers: linux/bpf.h. The kernel calls the program with the kind, access and numbers of a device;
//! it answers 1 (yes) or 0 (EPERM).

use super::device::{Kind, Rule};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

const BPF_PROG_LOAD: i32 = 5;
const BPF_PROG_ATTACH: i32 = 8;
const BPF_PROG_TYPE_CGROUP_DEVICE: u32 = 15;
const BPF_CGROUP_DEVICE: u32 = 6;
/// A program of a parent group is asked as well.
const BPF_F_ALLOW_MULTI: u32 = 2;

/// One instruction, as the kernel reads it.
#[repr(C)]
#[derive(Clone, Copy)]
struct Instruction {
    code: u8,
    /// Destination in the low half, source in the high half.
    registers: u8,
    offset: i16,
    immediate: i32,
}

const LOAD_WORD: u8 = 0x61;
const MOVE: u8 = 0xb7;
const COPY: u8 = 0xbf;
const AND: u8 = 0x57;
const SHIFT_RIGHT: u8 = 0x77;
const JUMP_IF_NOT: u8 = 0x55;
const JUMP_IF_DIFFERENT: u8 = 0x5d;
const EXIT: u8 = 0x95;

const ANSWER: u8 = 0;
const CONTEXT: u8 = 1;
const KIND: u8 = 2;
const ACCESS: u8 = 3;
const MAJOR: u8 = 4;
const MINOR: u8 = 5;
const SCRATCH: u8 = 6;

fn op(code: u8, to: u8, from: u8, offset: i16, immediate: i32) -> Instruction {
    Instruction { code, registers: to | from << 4, offset, immediate }
}

/// Limits the processes of `group` to `rules`.
pub(super) fn attach(group: BorrowedFd<'_>, rules: &[Rule]) -> io::Result<()> {
    let program = load(&compile(rules))?;
    #[repr(C)]
    struct Attach {
        target: u32,
        program: u32,
        kind: u32,
        flags: u32,
    }
    let request = Attach {
        target: group.as_raw_fd() as u32,
        program: program.as_raw_fd() as u32,
        kind: BPF_CGROUP_DEVICE,
        flags: BPF_F_ALLOW_MULTI,
    };
    bpf(BPF_PROG_ATTACH, &request).map(drop)
}

fn compile(rules: &[Rule]) -> Vec<Instruction> {
    let mut program = vec![
        op(LOAD_WORD, KIND, CONTEXT, 0, 0),
        op(COPY, ACCESS, KIND, 0, 0),
        op(AND, KIND, 0, 0, 0xffff),
        op(SHIFT_RIGHT, ACCESS, 0, 0, 16),
        op(LOAD_WORD, MAJOR, CONTEXT, 4, 0),
        op(LOAD_WORD, MINOR, CONTEXT, 8, 0),
    ];
    for rule in rules {
        program.extend(permission(rule));
    }
    program.extend([op(MOVE, ANSWER, 0, 0, 0), op(EXIT, 0, 0, 0, 0)]);
    program
}

/// Answers yes when everything fits; else goes on behind itself.
fn permission(rule: &Rule) -> Vec<Instruction> {
    let mut tests = vec![
        op(JUMP_IF_NOT, KIND, 0, 0, kind_number(rule.kind)),
        op(COPY, SCRATCH, ACCESS, 0, 0),
        op(AND, SCRATCH, 0, 0, access_mask(rule.access)),
        // An access that the rule does not cover was masked away.
        op(JUMP_IF_DIFFERENT, SCRATCH, ACCESS, 0, 0),
    ];
    tests.extend(rule.major.map(|n| op(JUMP_IF_NOT, MAJOR, 0, 0, n as i32)));
    tests.extend(rule.minor.map(|n| op(JUMP_IF_NOT, MINOR, 0, 0, n as i32)));
    tests.extend([op(MOVE, ANSWER, 0, 0, 1), op(EXIT, 0, 0, 0, 0)]);
    let length = tests.len();
    for (index, test) in tests.iter_mut().enumerate() {
        if matches!(test.code, JUMP_IF_NOT | JUMP_IF_DIFFERENT) {
            test.offset = (length - index - 1) as i16;
        }
    }
    tests
}

fn kind_number(kind: Kind) -> i32 {
    match kind {
        Kind::Block => 1,
        Kind::Character => 2,
    }
}

fn access_mask(access: &str) -> i32 {
    let bit = |letter, bit| if access.contains(letter) { bit } else { 0 };
    bit('m', 1) | bit('r', 2) | bit('w', 4)
}

fn load(program: &[Instruction]) -> io::Result<OwnedFd> {
    #[repr(C)]
    struct Load {
        kind: u32,
        count: u32,
        instructions: u64,
        license: u64,
        log_level: u32,
        log_bytes: u32,
        log: u64,
        kernel_version: u32,
        flags: u32,
    }
    let license = c"Apache-2.0";
    let request = Load {
        kind: BPF_PROG_TYPE_CGROUP_DEVICE,
        count: program.len() as u32,
        instructions: program.as_ptr() as u64,
        license: license.as_ptr() as u64,
        log_level: 0,
        log_bytes: 0,
        log: 0,
        kernel_version: 0,
        flags: 0,
    };
    let fd = bpf(BPF_PROG_LOAD, &request)?;
    // SAFETY: the kernel returned a new descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn bpf<Request>(command: i32, request: &Request) -> io::Result<i32> {
    // SAFETY: the request is a block of the size that is passed; pointers in it outlive the call.
    let rc =
        unsafe { libc::syscall(libc::SYS_bpf, command, std::ptr::from_ref(request), size_of::<Request>()) };
    if rc < 0 { Err(io::Error::last_os_error()) } else { Ok(rc as i32) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_test_jumps_behind_its_rule() {
        let rule = Rule { kind: Kind::Character, major: Some(1), minor: Some(3), access: "rwm" };
        let code = permission(&rule);
        assert_eq!(code.len(), 8);
        for (index, instruction) in code.iter().enumerate() {
            if instruction.offset != 0 {
                assert_eq!(index + 1 + instruction.offset as usize, code.len());
            }
        }
        assert_eq!(access_mask("rwm"), 7);
        assert_eq!(access_mask("m"), 1);
    }
}
