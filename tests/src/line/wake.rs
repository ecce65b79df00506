use std::{
    io::{Read as _, Write as _},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Gets a thread out of `poll`.
#[derive(Debug)]
pub(crate) struct Wake {
    bell: UnixStream,
    ear: UnixStream,
}

impl Wake {
    pub(crate) fn new() -> std::io::Result<Self> {
        let (bell, ear) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        Ok(Self { bell, ear })
    }

    pub(crate) fn ring(&self) {
        // A full socket means that the thread has not heard the last one yet: nothing is lost.
        let _ = (&self.bell).write(&[1]);
    }

    /// Waits for one of `fds`, for the bell, or for `timeout`; tells which of `fds` are ready.
    pub(crate) fn wait(
        &self,
        fds: &[(BorrowedFd<'_>, PollFlags)],
        timeout: Option<std::time::Duration>,
    ) -> Vec<bool> {
        let mut all: Vec<PollFd<'_>> =
            fds.iter().map(|(fd, flags)| PollFd::from_borrowed_fd(*fd, *flags)).collect();
        all.push(PollFd::from_borrowed_fd(self.ear.as_fd(), PollFlags::IN));
        let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
        let ready = poll(&mut all, timeout.as_ref()).unwrap_or(0);
        if ready > 0 && all.last().is_some_and(|ear| !ear.revents().is_empty()) {
            let _ = (&self.ear).read(&mut [0; 64]);
        }
        all[..fds.len()].iter().map(|fd| ready > 0 && !fd.revents().is_empty()).collect()
    }
}
