//! One recipe for each program.

mod apache;
mod caddy;
mod dante;
mod haproxy;
mod microsocks;
mod mitmproxy;
mod nginx;
mod privoxy;
mod squid;
mod tinyproxy;

pub(super) use self::{
    apache::{apache, apache_reverse},
    caddy::caddy,
    dante::dante,
    haproxy::haproxy,
    microsocks::microsocks,
    mitmproxy::{has_mitmproxy, mitmproxy, mitmproxy_reverse},
    nginx::{nginx, nginx_web},
    privoxy::privoxy,
    squid::{squid, squid_accelerator},
    tinyproxy::{tinyproxy, tinyproxy_reverse},
};

/// `realm` of every proxy that has one to set.
const REALM: &str = "boardwalk";
/// `htpasswd -nbm USER PASSWORD`
const HTPASSWD: &str = "ada:$apr1$K9u.OM17$bLuk17ku6Q1Gv9xivdNWZ.\n";
/// `htdigest`: MD5 of `USER:REALM:PASSWORD`.
const HTDIGEST: &str = "ada:boardwalk:6e6fbb867cb6b7180fa7e7b9b247b16c\n";
