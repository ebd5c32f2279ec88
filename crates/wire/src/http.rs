//! An HTTP request as this crate sees it: borrowed parts, no HTTP library.

/// One complete request. Nothing in it is decoded.
#[derive(Debug, Clone, Copy)]
pub struct HttpRequest<'a> {
    /// The method in capitals, such as `POST`.
    pub method: &'a str,
    /// The path as it came, still percent-encoded, starting with `/`.
    pub path: &'a str,
    /// The query string as it came, without the `?`; empty when there is none.
    pub query: &'a str,
    /// Names in any case, with values, in the order in which they came.
    pub headers: &'a [(&'a str, &'a str)],
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> HttpRequest<'a> {
    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.header_values(name).next()
    }

    /// All values of a header in the order in which they came.
    pub fn header_values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The media type of the body without its parameters; empty when none is stated.
    pub fn media_type(&self) -> &'a str {
        let whole = self.header("content-type").unwrap_or("");
        whole.split(';').next().unwrap_or("").trim()
    }
}
