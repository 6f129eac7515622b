//! What admins send, sample by sample: each file in `samples/` is understood as the one beside it says.

use std::{env, fmt::Write, fs, path::Path};

use glowjar_import::understand;
use secrecy::{ExposeSecret, SecretString};

#[test]
fn every_sample_is_understood_or_refused_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut samples: Vec<_> = fs::read_dir(folder)
        .expect("the samples")
        .map(|entry| entry.expect("a sample").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    samples.sort();
    assert!(samples.len() >= 20, "only {} samples", samples.len());
    let mut wrong = String::new();
    for sample in samples {
        let text = fs::read_to_string(&sample).expect("text");
        let told = told(&text);
        let beside = sample.with_extension("expected");
        if env::var_os("GLOWJAR_BLESS").is_some() {
            fs::write(&beside, told).expect("written");
        } else if fs::read_to_string(&beside).unwrap_or_default() != told {
            let _ = writeln!(wrong, "{}:\n{told}", sample.display());
        }
    }
    assert_eq!(wrong, "", "samples differ from what stands beside them");
}

/// Everything understood, the made-up secrets too, a line each.
fn told(text: &str) -> String {
    let it = match understand(text) {
        Ok(it) => it,
        Err(refusal) => return format!("refused: {refusal:?}, {refusal}\n"),
    };
    let shown = |secret: &Option<SecretString>| {
        secret.as_ref().map_or("-".to_owned(), |it| format!("{:?}", it.expose_secret()))
    };
    let endpoint = it.token_endpoint.as_ref().map_or("-".to_owned(), ToString::to_string);
    format!(
        "{:?}, {:?}, {:?}, {:?}\nendpoint: {endpoint} ({:?}, {:?})\ntitle: {}\nclient id: {}\n\
         secret: {}\nstandby: {}\nrefresh token: {}\nscopes: {}\nremarks: {:?}\n",
        it.source,
        it.kind,
        it.environment,
        it.grant,
        it.body,
        it.authentication,
        it.told.title.as_deref().unwrap_or("-"),
        it.client_id,
        shown(&it.client_secret),
        shown(&it.standby_secret),
        shown(&it.refresh_token),
        it.scopes,
        it.remarks,
    )
}
