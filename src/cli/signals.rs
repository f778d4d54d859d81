//! The signals that end the program in order.
//!
//! Deliberately not here: what ends then.

use super::exit::Failure;

/// Ready when Ctrl-C or SIGTERM comes.
pub(super) async fn told_to_end() -> Failure {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        return tokio::select! {
            _ = tokio::signal::ctrl_c() => Failure::Interrupted,
            _ = terminate.recv() => Failure::Terminated,
        };
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Without signals there is nothing to wait for.
        std::future::pending::<()>().await;
    }
    Failure::Interrupted
}
