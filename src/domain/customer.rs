//! Who asks.

use serde::{Deserialize, Serialize};

/// Who asks, as the channel told it. Text from outside: shown only as `SafeText`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Customer {
    /// Up to 200 characters, as received.
    pub name: Box<str>,
    /// As received, not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Box<str>>,
    /// A language tag such as `de` or `zh-CN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Box<str>>,
}
