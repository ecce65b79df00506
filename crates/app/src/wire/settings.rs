use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person chose; written to the settings file at each change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Settings {
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// The language of the window.
    pub language: Language,
    /// Text size in percent, 80 to 200.
    pub text_scale: u16,
    /// Width of the side bar in pixels, 200 to 400.
    pub side_bar: u16,
    /// Height of the panel in percent of the window, 10 to 70.
    pub panel: u16,
    /// Whether terminal lines carry the time they came.
    pub timestamps: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            text_scale: 100,
            side_bar: 264,
            panel: 35,
            timestamps: false,
        }
    }
}

/// The colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// High contrast.
    Contrast,
}

/// The language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Language {
    /// As the system says.
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
}

/// What this program is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct About {
    /// `0.1.0`.
    pub version: String,
    /// `linux`, `macos`, `windows`.
    pub os: String,
    /// The language of the system as a BCP 47 tag, `en` where it says nothing.
    pub system_language: String,
}
