//! Lists in pieces: `maxResults` and `nextToken`.
//!
//! A token is the last key of its page, wrapped so that clients do not build on its form. It does not name its scope: a
//! token of another account begins in the middle of one's own list and shows nothing else.

use super::check;
use super::fault::invalid;
use crate::Fault;
use gantry_wire::text::base64;
use std::fmt::Display;
use std::str::FromStr;

/// How many results one page may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// How many come when the client names no number.
    default: i32,
    /// The largest number that it may name.
    max: i32,
}

impl Size {
    /// Of most lists.
    pub(crate) const HUNDRED: Self = Self { default: 100, max: 100 };
    /// Of lists of services.
    pub(crate) const TEN_OF_HUNDRED: Self = Self { default: 10, max: 100 };
    /// Of account settings and capacity providers.
    pub(crate) const TEN: Self = Self { default: 10, max: 10 };
}

/// What marks a token's form; a later form gets another mark.
const TOKEN_MARK: &str = "1:";

/// Which piece of a list a client asks for; `K` is the key that the list is sorted by.
#[derive(Debug)]
pub(crate) struct Page<K> {
    /// The list begins behind this key.
    pub(crate) after: Option<K>,
    size: usize,
}

impl<K: FromStr + Display> Page<K> {
    /// Reads both members.
    pub(crate) fn read(
        max_results: Option<i32>,
        next_token: Option<&str>,
        size: Size,
    ) -> Result<Self, Fault> {
        let results = max_results.unwrap_or(size.default);
        check::within(results, "maxResults", 1, size.max)?;
        let after = next_token.map(read_token).transpose()?;
        Ok(Self { after, size: usize::try_from(results).expect("it is at least 1") })
    }

    /// Takes the page's items from a list that begins behind [`Page::after`], with the token of the next page, if any.
    pub(crate) fn cut<T>(&self, mut items: impl Iterator<Item = (K, T)>) -> (Vec<T>, Option<String>) {
        let mut page = Vec::new();
        let mut last = None;
        for (key, item) in items.by_ref().take(self.size) {
            page.push(item);
            last = Some(key);
        }
        let more = items.next().is_some();
        let token = last.filter(|_| more).map(|key| write_token(&key));
        (page, token)
    }
}

/// Reads both members for a list that is always empty: it has given no token, so none is valid.
pub(crate) fn of_nothing(
    max_results: Option<i32>,
    next_token: Option<&str>,
    size: Size,
) -> Result<(), Fault> {
    check::within(max_results.unwrap_or(size.default), "maxResults", 1, size.max)?;
    next_token.map_or(Ok(()), |_| Err(invalid_token()))
}

fn write_token(key: &impl Display) -> String {
    base64::encode(format!("{TOKEN_MARK}{key}").as_bytes())
}

fn read_token<K: FromStr>(token: &str) -> Result<K, Fault> {
    let bytes = base64::decode(token).ok_or_else(invalid_token)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid_token())?;
    let key = text.strip_prefix(TOKEN_MARK).ok_or_else(invalid_token)?;
    key.parse().map_err(|_| invalid_token())
}

fn invalid_token() -> Fault {
    invalid("Invalid token")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks a list of numbers in pages of `size`.
    fn walk(count: u32, size: i32) -> Vec<Vec<u32>> {
        let (mut pages, mut token) = (Vec::new(), None::<String>);
        loop {
            let page = Page::<u32>::read(Some(size), token.as_deref(), Size::HUNDRED).unwrap();
            let start = page.after.map_or(0, |after| after + 1);
            let (items, next) = page.cut((start..count).map(|number| (number, number)));
            pages.push(items);
            match next {
                Some(next) => token = Some(next),
                None => return pages,
            }
        }
    }

    #[test]
    fn pages_join_to_the_whole_list_and_the_last_has_no_token() {
        assert_eq!(walk(5, 2), [vec![0, 1], vec![2, 3], vec![4]]);
        assert_eq!(walk(4, 2), [vec![0, 1], vec![2, 3]]);
        assert_eq!(walk(0, 2), [Vec::<u32>::new()]);
    }

    #[test]
    fn bad_tokens_and_sizes_are_refused() {
        for token in ["", "x", "MQ==", "MTp4", "////"] {
            let fault = Page::<u32>::read(None, Some(token), Size::HUNDRED).unwrap_err();
            assert_eq!(fault.message(), Some("Invalid token"), "{token}");
        }
        for (size, message) in [(0, "maxResults must be at least 1"), (101, "maxResults must be at most 100")]
        {
            let fault = Page::<u32>::read(Some(size), None, Size::HUNDRED).unwrap_err();
            assert_eq!(fault.message(), Some(message));
        }
    }
}
