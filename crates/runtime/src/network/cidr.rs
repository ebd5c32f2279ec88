//! An IPv4 range in CIDR notation: text in, comparisons and its router address out. Knows no routes and no hosts.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// A range such as `172.31.0.0/16`; the host bits of the base are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    base: Ipv4Addr,
    prefix_len: u8,
}

/// Why a text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// Not `A.B.C.D/N`.
    #[error("`{0}` is not a range such as 172.31.0.0/16")]
    Form(String),
    /// A prefix over 32 bits, or host bits that are set.
    #[error("{base}/{prefix_len} is not a range: at most 32 bits, and the bits after them are zero")]
    Bits {
        /// The address before the slash.
        base: Ipv4Addr,
        /// The number after it.
        prefix_len: u8,
    },
}

impl Cidr {
    /// The range of `prefix_len` bits that starts at `base`.
    pub fn new(base: Ipv4Addr, prefix_len: u8) -> Result<Self, CidrError> {
        let fits = prefix_len <= 32 && base.to_bits() & !mask(prefix_len) == 0;
        fits.then_some(Self { base, prefix_len }).ok_or(CidrError::Bits { base, prefix_len })
    }

    /// The first address.
    pub fn base(self) -> Ipv4Addr {
        self.base
    }

    /// How many leading bits all its addresses share.
    pub fn prefix_len(self) -> u8 {
        self.prefix_len
    }

    /// The VPC router of this subnet: the base plus one, as on AWS
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
    pub fn router(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.base.to_bits() | 1)
    }

    /// Whether `address` lies in the range.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        address.to_bits() & mask(self.prefix_len) == self.base.to_bits()
    }

    /// Whether the two ranges share an address.
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other.base) || other.contains(self.base)
    }
}

fn mask(prefix_len: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix_len)).unwrap_or(0)
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let form = || CidrError::Form(text.to_owned());
        let (base, prefix_len) = text.split_once('/').ok_or_else(form)?;
        Self::new(base.parse().map_err(|_| form())?, prefix_len.parse().map_err(|_| form())?)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.base, self.prefix_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_prints_itself() {
        for text in ["0.0.0.0/0", "172.31.0.0/16", "172.31.16.0/20", "10.1.2.3/32"] {
            assert_eq!(range(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_range() {
        for text in
            ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.1/24", "10.0.0/8", "::/0", "10.0.0.0/-1", "10.0.0.0/ 8"]
        {
            assert!(text.parse::<Cidr>().is_err(), "{text} was taken");
        }
    }

    #[test]
    fn knows_its_addresses() {
        let subnet = range("172.31.16.0/20");
        assert_eq!(subnet.router(), Ipv4Addr::new(172, 31, 16, 1));
        assert!(subnet.contains(Ipv4Addr::new(172, 31, 31, 255)));
        assert!(!subnet.contains(Ipv4Addr::new(172, 31, 32, 0)));
    }

    #[test]
    fn overlaps_both_ways() {
        let (wide, inside, beside) = (range("172.16.0.0/12"), range("172.31.0.0/16"), range("172.32.0.0/16"));
        assert!(wide.overlaps(inside) && inside.overlaps(wide));
        assert!(!wide.overlaps(beside) && !beside.overlaps(inside));
        assert!(range("0.0.0.0/0").overlaps(beside));
    }
}
