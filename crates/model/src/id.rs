//! Ids that the core chooses from its entropy. Every kind has its own type, so that none can stand for another.

use crate::name::Unknown;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How the bytes of an id are written.
#[derive(Clone, Copy)]
enum Form {
    /// 32 hexadecimal digits, as ECS writes tasks and container instances.
    Hex,
    /// 8-4-4-4-12 hexadecimal digits, as AWS writes attachments and request ids.
    Uuid,
}

macro_rules! wide_ids {
    ($($(#[$meta:meta])* $name:ident: $form:ident;)*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_wide(&self.0, Form::$form, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(text: &str) -> Result<Self, Unknown> {
                read_wide(text, Form::$form).map(Self)
            }
        }

        text_conversions!($name);
    )* };
}

wide_ids! {
    /// A task: the last part of its ARN.
    TaskId: Hex;
    /// A machine that runs tasks.
    NodeId: Uuid;
    /// A container of a task: the last part of its ARN.
    ContainerId: Uuid;
    /// What joins a task and its network interface.
    AttachmentId: Uuid;
    /// One request of a client, as `x-amzn-RequestId` shows it.
    RequestId: Uuid;
}

macro_rules! ec2_ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub u64);

        impl $name {
            /// Makes an id from random bits. AWS's ids have 17 hexadecimal digits; ours start with a 0.
            pub const fn from_bits(bits: u64) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "0{:016x}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(text: &str) -> Result<Self, Unknown> {
                let digits = text.strip_prefix(concat!($prefix, "0")).ok_or(Unknown)?;
                let canonical = digits.len() == 16 && digits.bytes().all(is_lower_hex);
                if !canonical { return Err(Unknown) }
                u64::from_str_radix(digits, 16).map(Self).map_err(|_| Unknown)
            }
        }

        text_conversions!($name);
    )* };
}

ec2_ids! {
    /// A virtual private cloud.
    VpcId = "vpc-";
    /// A subnet of a VPC in one zone.
    SubnetId = "subnet-";
    /// A security group of a VPC.
    SecurityGroupId = "sg-";
    /// The network interface of a task.
    EniId = "eni-";
}

/// Where a UUID has its dashes: before these bytes.
const UUID_DASHES: [usize; 4] = [4, 6, 8, 10];

fn write_wide(bytes: &[u8; 16], form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [b'-'; 36];
    let mut end = 0;
    for (index, byte) in bytes.iter().enumerate() {
        end += usize::from(matches!(form, Form::Uuid) && UUID_DASHES.contains(&index));
        text[end] = b"0123456789abcdef"[usize::from(byte >> 4)];
        text[end + 1] = b"0123456789abcdef"[usize::from(byte & 15)];
        end += 2;
    }
    f.write_str(std::str::from_utf8(&text[..end]).expect("hexadecimal digits and dashes are ASCII"))
}

fn read_wide(text: &str, form: Form) -> Result<[u8; 16], Unknown> {
    let digits: Vec<u8> = match form {
        Form::Hex if text.len() == 32 => text.bytes().collect(),
        Form::Uuid if text.len() == 36 => text.bytes().filter(|b| *b != b'-').collect(),
        Form::Hex | Form::Uuid => return Err(Unknown),
    };
    if digits.len() != 32 || !digits.iter().copied().all(is_lower_hex) {
        return Err(Unknown);
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0]) << 4 | nibble(pair[1]);
    }
    Ok(bytes)
}

const fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

const fn nibble(digit: u8) -> u8 {
    if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_wrote() {
        let task = TaskId([0xab; 16]);
        assert_eq!(task.to_string(), "ab".repeat(16));
        assert_eq!(task.to_string().parse(), Ok(task));
        let attachment = AttachmentId([7; 16]);
        assert_eq!(attachment.to_string(), "07070707-0707-0707-0707-070707070707");
        assert_eq!(attachment.to_string().parse(), Ok(attachment));
        let subnet = SubnetId::from_bits(u64::MAX);
        assert_eq!(subnet.to_string(), "subnet-0ffffffffffffffff");
        assert_eq!(subnet.to_string().parse(), Ok(subnet));
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in ["", "AB", &"AB".repeat(16), &"g".repeat(32)] {
            assert_eq!(text.parse::<TaskId>(), Err(Unknown), "{text}");
        }
        for text in
            ["subnet-1", "vpc-0ffffffffffffffff", "subnet-0FFFFFFFFFFFFFFFF", "subnet-0+fffffffffffffff"]
        {
            assert_eq!(text.parse::<SubnetId>(), Err(Unknown), "{text}");
        }
    }
}
