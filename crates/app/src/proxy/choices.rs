//! Follow the system, direct, or this proxy: for one board, and for all others. Kept between runs.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use boardwalk_protocol::proxy::ProxyUrlError;
use boardwalk_transport::{RouteChoice, Target, WebReplUrl};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::document::{ProxyDocument, proxy_document};
use super::world::Proxies;
use crate::AppError;
use crate::app::App;

/// What a person chose. A choice is `system`, `direct` or the address of a proxy, in which a name may stand and no
/// password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct ProxyChoices {
    /// for boards without a choice of their own
    pub default: String,
    /// whether boards on the local network go direct when the system says otherwise
    pub lan_bypass: bool,
    /// by target: `ws://192.168.4.1:8266`
    pub boards: BTreeMap<String, String>,
}

/// Asks for the way to a board.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ProxyRouteOf {
    /// its target
    pub url: String,
    /// also what every source of settings says
    #[serde(default)]
    pub all: bool,
}

/// Chooses a way.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ChooseProxy {
    /// the target of one board; without it the choice is for all that have none of their own
    pub url: Option<String>,
    /// as in [`ProxyChoices`]; without it the board's own choice is taken back
    pub choice: Option<String>,
}

/// Turns the rule of the local network on or off.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SetLanBypass {
    /// whether it holds
    pub on: bool,
}

impl Default for ProxyChoices {
    fn default() -> Self {
        Self { default: RouteChoice::System.to_string(), lan_bypass: true, boards: BTreeMap::new() }
    }
}

impl ProxyChoices {
    /// Makes them hold for the next connection. What cannot be read, as in a file that somebody edited, is the system's.
    pub(crate) fn apply(&self, proxies: &Proxies) {
        proxies.routes.set_lan_bypass(self.lan_bypass);
        proxies.routes.choose(name(&self.default, proxies));
        for (board, choice) in &self.boards {
            if let Ok(url) = url(board) {
                proxies.routes.choose_for(&url, Some(name(choice, proxies)));
            }
        }
    }
}

impl App {
    /// What was chosen.
    ///
    /// # Errors
    /// None.
    pub async fn proxy_choices(&self, _: crate::wire::NoArgs) -> Result<ProxyChoices, AppError> {
        Ok(self.0.proxies.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// The way that the next connection to a board takes, and why. Bounded by 5 s, with `all` by 15 s.
    ///
    /// # Errors
    /// `address-invalid`: it is no board on the network.
    pub async fn proxy_route(&self, request: ProxyRouteOf) -> Result<ProxyDocument, AppError> {
        let url = url(&request.url)?;
        Ok(match &self.0.world.proxies {
            Some(proxies) => proxy_document(&proxies.routes, &url, request.all).await,
            None => ProxyDocument::new(&url, &self.0.world.routes.route(&url).await.decision),
        })
    }

    /// Chooses a way. It holds at once: who is connected reconnects.
    ///
    /// # Errors
    /// `address-invalid`: the board or the proxy; a password stands in it. When it cannot be saved.
    pub async fn proxy_choose(&self, request: ChooseProxy) -> Result<ProxyChoices, AppError> {
        let board = request.url.as_deref().map(url).transpose()?;
        let choice = request.choice.as_deref().map(written).transpose()?;
        let concerned = board.as_ref().map(ToString::to_string);
        let chosen = self.change(|choices| match (board, choice) {
            (None, choice) => choices.default = choice.unwrap_or_else(|| RouteChoice::System.to_string()),
            (Some(board), Some(choice)) => {
                choices.boards.insert(board.to_string(), choice);
            }
            (Some(board), None) => {
                choices.boards.remove(&board.to_string());
                if let Some(proxies) = &self.0.world.proxies {
                    proxies.routes.choose_for(&board, None);
                }
            }
        });
        let chosen = chosen.await?;
        self.0.boards.redial(concerned.as_deref());
        Ok(chosen)
    }

    /// Turns the rule of the local network on or off; it holds at once.
    ///
    /// # Errors
    /// When it cannot be saved.
    pub async fn proxy_lan_bypass(&self, request: SetLanBypass) -> Result<ProxyChoices, AppError> {
        let choices = self.change(|choices| choices.lan_bypass = request.on).await?;
        self.0.boards.redial(None);
        Ok(choices)
    }

    async fn change(&self, change: impl FnOnce(&mut ProxyChoices)) -> Result<ProxyChoices, AppError> {
        let choices = {
            let mut choices = self.0.proxies.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut choices);
            choices.clone()
        };
        if let Some(proxies) = &self.0.world.proxies {
            choices.apply(proxies);
        }
        self.0.boards.chosen(choices.boards.clone());
        self.0.store.save_proxies(&choices).await?;
        Ok(choices)
    }
}

fn url(target: &str) -> Result<WebReplUrl, AppError> {
    match target.parse::<Target>()? {
        Target::WebRepl { url } => Ok(url),
        Target::Serial { .. } => {
            let (message, help) =
                ("There are no proxies on a cable.", "Give an address such as ws://192.168.4.1.");
            Err(AppError::new("address-invalid", message, help))
        }
    }
}

/// A choice as it is kept.
fn written(text: &str) -> Result<String, AppError> {
    let wrong = |error: ProxyUrlError| AppError::new(error.code(), error.to_string(), error.help());
    let (choice, address) = RouteChoice::parse(text).map_err(wrong)?;
    match address.and_then(|address| address.user) {
        Some(user) if user.password.is_some() => {
            let message = "A password has no place in an address.";
            let help =
                "Write only the name before the @. You are asked for the password when the proxy wants it.";
            Err(AppError::new("address-invalid", message, help))
        }
        // The name is kept as it was written, percent-encoding and all.
        Some(_) => Ok(text.trim().to_owned()),
        None => Ok(choice.to_string()),
    }
}

/// The choice, with the name in it told to whom it concerns.
fn name(text: &str, proxies: &Proxies) -> RouteChoice {
    let (choice, address) = RouteChoice::parse(text).unwrap_or((RouteChoice::System, None));
    if let (RouteChoice::Proxy(server), Some(user)) = (&choice, address.and_then(|address| address.user)) {
        proxies.users.name(server, Some(user.name));
    }
    choice
}

#[cfg(test)]
#[path = "choices_tests.rs"]
mod tests;
