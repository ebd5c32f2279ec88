//! Rules to classic BPF: a balanced search for the call's number, then the tests of its arguments.

use super::rules::{Action, Kind, NO_SUCH_CALL, Profile, Rule, Test};

/// One instruction, as the kernel reads it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    code: u16,
    jump_true: u8,
    jump_false: u8,
    operand: u32,
}

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const RETURN: u16 = 0x06;
const JUMP: u16 = 0x05;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_AT_LEAST: u16 = 0x35;

/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;
const ARGUMENT_BYTES: u32 = 8;

/// AUDIT_ARCH_… of linux/audit.h.
#[cfg(target_arch = "x86_64")]
const OUR_ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const OUR_ARCHITECTURE: u32 = 0xc000_00b7;

/// BPF_MAXINSNS: the kernel takes no longer program.
const INSTRUCTIONS_MAX: usize = 4_096;

/// The program for a profile.
pub(super) fn compile(profile: &Profile) -> Vec<Instruction> {
    let mut program = vec![
        step(LOAD, ARCHITECTURE),
        branch(JUMP_IF_EQUAL, OUR_ARCHITECTURE, 1, 0),
        answer(Action::Kill),
        step(LOAD, NUMBER),
        branch(JUMP_IF_AT_LEAST, profile.newest + 1, 0, 1),
        answer(NO_SUCH_CALL),
    ];
    let rules: Vec<_> = profile.rules.iter().map(|(number, rule)| (*number, rule)).collect();
    program.extend(search(&rules, profile.default));
    assert!(program.len() <= INSTRUCTIONS_MAX, "the rules are data of this crate and known to fit");
    program
}

fn step(code: u16, operand: u32) -> Instruction {
    Instruction { code, jump_true: 0, jump_false: 0, operand }
}

fn branch(code: u16, operand: u32, jump_true: u8, jump_false: u8) -> Instruction {
    Instruction { code, jump_true, jump_false, operand }
}

fn answer(action: Action) -> Instruction {
    step(RETURN, action.code())
}

fn search(rules: &[(u32, &Rule)], default: Action) -> Vec<Instruction> {
    match rules {
        [] => vec![answer(default)],
        [(number, rule)] => one_call(*number, rule, default),
        _ => {
            let (low, high) = rules.split_at(rules.len() / 2);
            let (low, high) = (search(low, default), search(high, default));
            // A conditional jump reaches 255 instructions, an unconditional one everything.
            let first_of_high = rules[rules.len() / 2].0;
            let mut program =
                vec![branch(JUMP_IF_AT_LEAST, first_of_high, 0, 1), step(JUMP, low.len() as u32)];
            program.extend(low);
            program.extend(high);
            program
        }
    }
}

fn one_call(number: u32, rule: &Rule, default: Action) -> Vec<Instruction> {
    let mut body: Vec<_> = rule.tests.iter().flat_map(|(test, action)| one_test(test, *action)).collect();
    body.push(answer(rule.otherwise));
    let length = u8::try_from(body.len()).expect("a rule has a handful of tests");
    let mut program = vec![branch(JUMP_IF_EQUAL, number, 0, length)];
    program.extend(body);
    program.push(answer(default));
    program
}

fn one_test(test: &Test, action: Action) -> Vec<Instruction> {
    // Both architectures are little-endian: the lower half of an argument comes first.
    let load = step(LOAD, FIRST_ARGUMENT + ARGUMENT_BYTES * test.argument);
    let mut program = vec![load];
    match test.kind {
        Kind::Equals(value) => program.push(branch(JUMP_IF_EQUAL, value, 0, 1)),
        Kind::AtLeast(value) => program.push(branch(JUMP_IF_AT_LEAST, value, 0, 1)),
        Kind::Lacks(bits) => program.extend([step(AND, bits), branch(JUMP_IF_EQUAL, 0, 0, 1)]),
    }
    program.push(answer(action));
    program
}

#[cfg(test)]
mod tests {
    use super::super::rules::docker_default;
    use super::*;
    use crate::api::Capabilities;

    /// Runs a program as the kernel does.
    fn run(program: &[Instruction], architecture: u32, number: u32, arguments: [u64; 6]) -> u32 {
        let word = |offset: u32| match offset {
            NUMBER => number,
            ARCHITECTURE => architecture,
            other => {
                let argument = arguments[((other - FIRST_ARGUMENT) / ARGUMENT_BYTES) as usize];
                (argument >> (8 * ((other - FIRST_ARGUMENT) % ARGUMENT_BYTES))) as u32
            }
        };
        let (mut at, mut value) = (0, 0);
        loop {
            let instruction = program[at];
            at += 1;
            let mut jump = |holds: bool| {
                at += usize::from(if holds { instruction.jump_true } else { instruction.jump_false });
            };
            match instruction.code {
                LOAD => value = word(instruction.operand),
                AND => value &= instruction.operand,
                JUMP => at += instruction.operand as usize,
                JUMP_IF_EQUAL => jump(value == instruction.operand),
                JUMP_IF_AT_LEAST => jump(value >= instruction.operand),
                RETURN => return instruction.operand,
                code => panic!("unknown instruction {code:#x}"),
            }
        }
    }

    fn answers(capabilities: Capabilities) -> impl Fn(i64, u64) -> u32 {
        let program = compile(&docker_default(capabilities));
        move |number, first| run(&program, OUR_ARCHITECTURE, number as u32, [first, 0, 0, 0, 0, 0])
    }

    #[test]
    fn every_rule_is_found_and_every_other_number_is_refused() {
        let profile = docker_default(Capabilities::DOCKER_DEFAULT);
        let program = compile(&profile);
        for number in 0..=profile.newest {
            let expected = match profile.rules.get(&number) {
                None => profile.default.code(),
                Some(rule) if rule.tests.is_empty() => rule.otherwise.code(),
                Some(_) => continue,
            };
            assert_eq!(run(&program, OUR_ARCHITECTURE, number, [0; 6]), expected, "call {number}");
        }
        assert!(program.len() < 2_000, "{}", program.len());
    }

    #[test]
    fn arguments_decide_as_the_kernel_reads_them() {
        let answer = answers(Capabilities::DOCKER_DEFAULT);
        let allowed = Action::Allow.code();
        let refused = Action::Fail(libc::EPERM).code();
        assert_eq!(answer(libc::SYS_socket, libc::AF_INET as u64), allowed);
        for family in [libc::AF_VSOCK, libc::AF_ALG, 46, 100] {
            assert_eq!(answer(libc::SYS_socket, family as u64), refused);
            assert_eq!(answer(libc::SYS_socket, family as u64 | 1 << 32), refused);
        }
        assert_eq!(answer(libc::SYS_personality, 0), allowed);
        assert_eq!(answer(libc::SYS_personality, 0xffff_ffff), allowed);
        assert_eq!(answer(libc::SYS_personality, 0x40), refused);
        assert_eq!(answer(libc::SYS_clone, libc::SIGCHLD as u64), allowed);
        assert_eq!(answer(libc::SYS_clone, libc::CLONE_NEWUSER as u64), refused);
        assert_eq!(answer(libc::SYS_clone3, 0), Action::Fail(libc::ENOSYS).code());
    }

    #[test]
    fn a_capability_opens_its_calls() {
        let admin = Capabilities::named("SYS_ADMIN").unwrap();
        let with = answers(Capabilities::DOCKER_DEFAULT.with(admin));
        let without = answers(Capabilities::DOCKER_DEFAULT);
        for number in [libc::SYS_mount, libc::SYS_clone3, libc::SYS_bpf, libc::SYS_unshare] {
            assert_eq!(with(number, 0), Action::Allow.code());
            assert_ne!(without(number, 0), Action::Allow.code());
        }
        assert_eq!(with(libc::SYS_clone, libc::CLONE_NEWNS as u64), Action::Allow.code());
        assert_eq!(without(libc::SYS_chroot, 0), Action::Allow.code());
        assert_ne!(answers(Capabilities::NONE)(libc::SYS_chroot, 0), Action::Allow.code());
    }

    #[test]
    fn unknown_calls_do_not_exist_and_other_architectures_end_the_process() {
        let program = compile(&docker_default(Capabilities::ALL));
        let x32 = 0x4000_0000;
        for number in [467, 1_000, x32, x32 + 59] {
            assert_eq!(run(&program, OUR_ARCHITECTURE, number, [0; 6]), NO_SUCH_CALL.code());
        }
        let i386 = 0x4000_0003;
        assert_eq!(run(&program, i386, 4, [0; 6]), Action::Kill.code());
    }
}
