//! Why a user may not open a port, and what would let them.

use crate::error::PermissionHint;

/// Who may open a device node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) gid: u32,
    /// permission bits
    pub(super) mode: u32,
}

/// Who we are, as the kernel sees it since login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Me {
    pub(super) uid: u32,
    pub(super) gids: Vec<u32>,
}

/// Ids that a sandbox could not translate (Flatpak, user namespaces) show as this one: naming its group would be
/// advice that cannot work.
const OVERFLOW_GID: u32 = 65534;
const GROUP_READ_WRITE: u32 = 0o060;

/// Asks the system about a node that could not be opened.
pub(super) fn explain(path: &str) -> (Option<String>, PermissionHint) {
    use std::os::unix::fs::MetadataExt;
    let Ok(meta) = std::fs::metadata(path) else { return (None, PermissionHint::Unknown) };
    let node = Node { gid: meta.gid(), mode: meta.mode() };
    let mut gids: Vec<u32> =
        rustix::process::getgroups().unwrap_or_default().into_iter().map(rustix::fs::Gid::as_raw).collect();
    gids.push(rustix::process::getegid().as_raw());
    let me = Me { uid: rustix::process::geteuid().as_raw(), gids };
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    decide(node, &me, &read("/etc/group"), &read("/etc/passwd"))
}

/// The group that would open the node, and what stands between.
pub(super) fn decide(node: Node, me: &Me, group: &str, passwd: &str) -> (Option<String>, PermissionHint) {
    // root's own group is no group to join.
    if node.mode & GROUP_READ_WRITE != GROUP_READ_WRITE || node.gid == 0 {
        return (None, PermissionHint::NodeClosed);
    }
    let gid = node.gid.to_string();
    let Some(line) = lines(group).find(|fields| fields.get(2) == Some(&gid.as_str())) else {
        return (None, PermissionHint::Unknown);
    };
    if node.gid == OVERFLOW_GID {
        return (None, PermissionHint::Unknown);
    }
    let name = line[0].to_owned();
    if me.gids.contains(&node.gid) {
        // Member and still refused: an access list, a sandbox or a security module.
        return (Some(name), PermissionHint::Unknown);
    }
    let uid = me.uid.to_string();
    let account = lines(passwd).find(|fields| fields.get(2) == Some(&uid.as_str()));
    let user = account.as_ref().map_or("$USER", |fields| fields[0]);
    let listed = line.get(3).is_some_and(|members| members.split(',').any(|m| m == user));
    let primary = account.as_ref().is_some_and(|fields| fields.get(3) == Some(&gid.as_str()));
    let hint = if listed || primary {
        PermissionHint::LogInAgain { group: name.clone() }
    } else {
        PermissionHint::JoinGroup { group: name.clone(), user: user.to_owned() }
    };
    (Some(name), hint)
}

/// The fields of `group(5)` and `passwd(5)`.
fn lines(file: &str) -> impl Iterator<Item = Vec<&str>> {
    file.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(':').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "root:x:0:\ndialout:x:20:bea,cy\nada:x:1000:\nnogroup:x:65534:\n";
    const PASSWD: &str =
        "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\nbea:x:1001:1001::/:/bin/sh\n";
    const TTY: Node = Node { gid: 20, mode: 0o20660 };

    fn hint(node: Node, uid: u32, gids: &[u32]) -> PermissionHint {
        decide(node, &Me { uid, gids: gids.to_vec() }, GROUP, PASSWD).1
    }

    #[test]
    fn somebody_outside_the_group_joins_it() {
        let join = PermissionHint::JoinGroup { group: "dialout".into(), user: "ada".into() };
        assert_eq!(hint(TTY, 1000, &[1000]), join);
    }

    #[test]
    fn somebody_added_since_login_logs_in_again() {
        assert_eq!(hint(TTY, 1001, &[1001]), PermissionHint::LogInAgain { group: "dialout".into() });
    }

    #[test]
    fn a_member_who_is_refused_is_not_told_to_join() {
        assert_eq!(hint(TTY, 1001, &[1001, 20]), PermissionHint::Unknown);
    }

    #[test]
    fn a_node_no_group_opens_needs_a_rule() {
        assert_eq!(hint(Node { gid: 20, mode: 0o20600 }, 1000, &[1000]), PermissionHint::NodeClosed);
        assert_eq!(hint(Node { gid: 0, mode: 0o20660 }, 1000, &[1000]), PermissionHint::NodeClosed);
    }

    #[test]
    fn the_group_of_nobody_is_never_recommended() {
        assert_eq!(hint(Node { gid: 65534, mode: 0o20660 }, 1000, &[1000]), PermissionHint::Unknown);
    }
}
