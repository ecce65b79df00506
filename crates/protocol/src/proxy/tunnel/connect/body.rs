//! The page behind a refusal: read to its end, and thrown away, so that the proxy is not cut off in the middle of it.

use super::reply::Head;

/// More of it is not waited for, in bytes.
const MOST: usize = 64 * 1024;

/// How much of it is to come.
pub(super) struct Body {
    framing: Framing,
    taken: usize,
}

enum Framing {
    Length(u64),
    Chunked(Chunks),
    UntilEnd,
}

/// RFC 9112, 7.1. Trailers are not read: the last chunk is the end.
#[derive(Default)]
struct Chunks {
    line: Vec<u8>,
    /// of the current chunk, its line end included
    left: u64,
}

impl Body {
    /// RFC 9112, 6.3: Transfer-Encoding goes before Content-Length.
    pub(super) fn of(head: &Head) -> Self {
        let framing = match head.content_length {
            _ if head.chunked => Framing::Chunked(Chunks::default()),
            Some(length) => Framing::Length(length),
            None => Framing::UntilEnd,
        };
        Self { framing, taken: 0 }
    }

    /// Takes the next bytes; true once the page is over, or too long.
    pub(super) fn take(&mut self, bytes: &[u8]) -> bool {
        self.taken += bytes.len();
        let over = match &mut self.framing {
            Framing::Length(length) => *length <= self.taken as u64,
            Framing::Chunked(chunks) => chunks.take(bytes),
            Framing::UntilEnd => false,
        };
        over || self.taken >= MOST
    }
}

impl Chunks {
    fn take(&mut self, mut bytes: &[u8]) -> bool {
        while let Some((&first, rest)) = bytes.split_first() {
            if self.left > 0 {
                let part = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                self.left -= part as u64;
                bytes = &bytes[part..];
                continue;
            }
            self.line.push(first);
            bytes = rest;
            match httparse::parse_chunk_size(&self.line) {
                Ok(httparse::Status::Partial) => {}
                Ok(httparse::Status::Complete((_, 0))) | Err(_) => return true,
                Ok(httparse::Status::Complete((_, size))) => {
                    self.left = size.saturating_add(2);
                    self.line.clear();
                }
            }
        }
        false
    }
}
