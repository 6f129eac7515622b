//! Programs that nobody here wrote, as a farm has them: they get their tokens from the keeper over TLS, as they would from Adobe
//! (`tests/token-clients`).

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Outcome, Route, Sandbox, Settings};

use crate::studio::{Studio, pasted, secret_of};

#[tokio::test(flavor = "multi_thread")]
async fn curl_authlib_requests_oauthlib_simple_oauth2_and_adobe_s_own_library_work_against_a_keeper()
 {
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let studio = Studio::with_certificate();
    studio.told(&["import"], &pasted(&sandbox));
    let _keeper = studio.serves();
    let python = tests().join("token-clients/.venv/bin/python").display().to_string();
    let clients = [
        ("sh", "with_curl.sh", None),
        (python.as_str(), "with_authlib.py", None),
        (python.as_str(), "with_requests_oauthlib.py", None),
        ("node", "with_simple_oauth2.mjs", Some("token-clients")),
        ("node", "with_aio_lib_ims.mjs", Some("adobe-clients")),
    ];
    for (program, script, packages) in clients {
        let line = studio.told(&["admit", script, "--lasting"], "");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(script);
        std::fs::copy(tests().join("token-clients").join(script), &file).expect("it is there");
        if let Some(packages) = packages {
            let packages = tests().join(packages).join("node_modules");
            std::os::unix::fs::symlink(packages, folder.path().join("node_modules"))
                .expect("a link");
        }
        let authority = studio.file("authority.pem");
        let mut running = Command::new(program)
            .arg(&file)
            .env("FIREFLY", sandbox.url())
            .env("ADOBE_CLIENT_ID", CLIENT_ID)
            .env("ADOBE_CLIENT_SECRET", secret_of(&line))
            .env("ADOBE_IMS_BASE_URL", studio.url())
            .env("ADOBE_IMS_TOKEN_URL", format!("{}/ims/token/v3", studio.url()))
            .env("ADOBE_SCOPES", "openid,AdobeID,firefly_api,ff_apis")
            .env("HOME", folder.path())
            // The sandbox's Firefly is on this machine, and without TLS.
            .env("OAUTHLIB_INSECURE_TRANSPORT", "1")
            .env("CURL_CA_BUNDLE", &authority)
            .env("REQUESTS_CA_BUNDLE", &authority)
            .env("NODE_EXTRA_CA_CERTS", &authority)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut input = running.stdin.take().expect("its input");
        let output = BufReader::new(running.stdout.take().expect("its output"));
        input.write_all(b"\n\n").expect("it reads");
        drop(input);
        let lines: Vec<String> = output.lines().map_while(Result::ok).collect();
        running.wait().expect("it ends");
        let served = lines.iter().filter(|line| line.contains("total_count")).count();
        assert_eq!(served, 2, "{script}: {lines:?}; is `cargo xtask setup` done?");
        studio.told(&["remove", script], "");
    }
    let served = sandbox.requests_to(Route::Firefly);
    assert!(served.iter().all(|call| call.answered.outcome == Outcome::Served), "{served:?}");
    assert_eq!(sandbox.requests_to(Route::Token).len(), 1, "one request for all of them");
    studio.holds_nothing_in_clear(&[CLIENT_SECRET]);
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}
