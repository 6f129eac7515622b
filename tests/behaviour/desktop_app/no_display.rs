//! Nowhere to show anything.

use anyhow::Result;
use desktop::{App, Desktop, PATIENCE, Parts};

use super::fixture::NO_ARGUMENTS;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn without_a_display_it_says_so_in_words_and_fails() -> Result<()> {
    let desktop = Desktop::start(Parts::bare()).await?;
    for variables in [&[][..], &[("DISPLAY", ":4711")]] {
        let mut app = App::start_with(&desktop, NO_ARGUMENTS, variables)?;
        let status = app.wait(PATIENCE).await?;
        let said = app.output();
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(said.contains("DISPLAY"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    Ok(())
}
