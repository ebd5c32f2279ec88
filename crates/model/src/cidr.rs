//! IPv4 ranges (RFC 4632), with AWS's rule of which addresses of a subnet can be given out.

use crate::name::Unknown;
use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// A range: an address whose host bits are zero, and a prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    base: u32,
    prefix: u8,
}

/// AWS keeps the first four addresses of each subnet (network, router, DNS, future use) …
const RESERVED_FIRST: u32 = 4;
/// … and the last one.
const RESERVED_LAST: u32 = 1;

impl Cidr {
    /// The first address.
    pub const fn base(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.base)
    }

    /// The prefix length, 0 to 32.
    pub const fn prefix(&self) -> u8 {
        self.prefix
    }

    /// Whether an address is in the range.
    pub const fn contains(&self, address: Ipv4Addr) -> bool {
        address.to_bits() & mask(self.prefix) == self.base
    }

    /// The `number`th of the 2^`bits` equal parts of the range.
    pub const fn part(&self, bits: u8, number: u32) -> Self {
        let prefix = self.prefix + bits;
        Self { base: self.base + (number << (32 - prefix)), prefix }
    }

    /// How many addresses a subnet of this range can give to interfaces.
    pub const fn assignable(&self) -> u32 {
        let size = 1u64 << (32 - self.prefix);
        size.saturating_sub((RESERVED_FIRST + RESERVED_LAST) as u64) as u32
    }

    /// The `index`th of the addresses that can be given out; `index` is below [`Self::assignable`].
    pub const fn assignable_at(&self, index: u32) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.base + RESERVED_FIRST + index)
    }

    /// The subnet's router: its second address, as on AWS.
    pub const fn router(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.base + 1)
    }
}

const fn mask(prefix: u8) -> u32 {
    if prefix == 0 { 0 } else { u32::MAX << (32 - prefix) }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base(), self.prefix)
    }
}

impl FromStr for Cidr {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (address, prefix) = text.split_once('/').ok_or(Unknown)?;
        let address: Ipv4Addr = address.parse().map_err(|_| Unknown)?;
        let prefix: u8 = prefix.parse().map_err(|_| Unknown)?;
        let base = address.to_bits();
        if prefix > 32 || base & mask(prefix) != base {
            return Err(Unknown);
        }
        Ok(Self { base, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vpc_is_cut_as_aws_cuts_it() {
        let vpc: Cidr = "172.31.0.0/16".parse().expect("a range");
        assert_eq!(vpc.part(4, 2).to_string(), "172.31.32.0/20");
        assert_eq!(vpc.part(4, 2).assignable(), 4091);
        assert_eq!(vpc.part(4, 2).assignable_at(0).to_string(), "172.31.32.4");
        assert!(vpc.contains("172.31.255.255".parse().expect("an address")));
        assert!("172.31.1.0/16".parse::<Cidr>().is_err());
    }
}
