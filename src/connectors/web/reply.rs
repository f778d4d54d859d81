//! What goes back to the customer when it is not what was wished for: `{"error":{"code","message"}}`.
//!
//! A message names the field, says what is wrong and what to do; it never repeats what was sent, nor anything of the desk.
//! Deliberately not here: which request leads to which.

use super::Trouble;
use crate::domain::refusal::Refusal;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A request that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// When to come again, in seconds.
    pub(super) retry_after: Option<u16>,
}

impl Fault {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// Something about a field, or about the body as a whole.
    pub(super) fn field(name: &str, what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", format!("{name}: {what}"))
    }

    /// The secret is missing or wrong, or there is no such chat: the answer does not tell which.
    pub(super) fn locked() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Authorization: this chat does not open with that; send `Authorization: Bearer <secret>` with the secret that \
             came with the chat",
        )
    }

    pub(super) fn busy() -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", "too much at once; send it again in a second")
        }
    }

    fn unavailable(message: &str) -> Self {
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message) }
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Busy | Trouble::Refused(Refusal::Busy) => Self::busy(),
            Trouble::Away => Self::unavailable("the desk cannot be reached now; send it again in a few seconds"),
            Trouble::Late => Self::unavailable(
                "the desk has not answered in time and may yet do it; send it again in a few seconds, a message under the same id",
            ),
            Trouble::Refused(Refusal::ReadOnly { .. }) => {
                Self::unavailable("the desk takes nothing new now; send it again in a few seconds")
            }
            Trouble::Refused(Refusal::NotFound { .. }) => Self::locked(),
            Trouble::Refused(Refusal::Invalid { field, why }) => Self::field(&field, why),
            Trouble::Refused(refusal) => {
                tracing::warn!(code = refusal.code(), "the desk refused what the web channel asked");
                Self::new(
                    StatusCode::CONFLICT,
                    "refused",
                    "the desk does not allow this now; start a new chat if it lasts",
                )
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": { "code": self.code, "message": self.message } }));
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
