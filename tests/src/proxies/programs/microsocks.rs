use std::path::Path;

use crate::proxies::{Auth, Connect, Forward, PASSWORD, ProxyError, USER, recipe::Recipe};

pub(in crate::proxies) fn microsocks(wanted: Forward, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    wanted.only("microsocks", &[Connect::Any], &[Auth::Basic], false)?;
    let recipe = Recipe::new("microsocks", home)?.arguments(["-i", "127.0.0.1", "-p", &port.to_string()]);
    Ok(if wanted.auth == Auth::Basic { recipe.arguments(["-u", USER, "-P", PASSWORD]) } else { recipe })
}
