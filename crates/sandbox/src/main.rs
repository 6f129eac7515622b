//! `glowjar-sandbox`: the sandbox on its own. Prints where it is and what it is asked, and ends with ctrl-c.
#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use glowjar_sandbox::{
    CLIENT_ID, CLIENT_SECRET, ExpiresIn, NATIVE_CLIENT_ID, Rotation, Route, SEED_REFRESH_TOKEN,
    STANDBY_SECRET, Sandbox, Settings, TokenForm, WEB_CLIENT_ID, WEB_CLIENT_SECRET,
};
use serde::de::DeserializeOwned;

/// An identity server and a Firefly stand-in on loopback, for trying Glowjar out.
#[derive(Parser)]
#[command(name = "glowjar-sandbox", version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 7411)]
    port: u16,
    /// Life of an access token: 60s, 10m, 24h.
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = humantime::parse_duration)]
    token_life: Duration,
    /// Life of a refresh token: 10m, 14d.
    #[arg(long, value_name = "SPAN", default_value = "14d", value_parser = humantime::parse_duration)]
    refresh_life: Duration,
    /// What becomes of a used refresh token: off, until-used, strict.
    #[arg(long, value_name = "RULE", default_value = "until-used", value_parser = word::<Rotation>)]
    rotation: Rotation,
    /// jwt, jwt-with-exp, opaque.
    #[arg(long, value_name = "FORM", default_value = "jwt", value_parser = word::<TokenForm>)]
    token_form: TokenForm,
    /// seconds, milliseconds, string, null, missing.
    #[arg(long, value_name = "SHAPE", default_value = "seconds", value_parser = word::<ExpiresIn>)]
    expires_in: ExpiresIn,
    /// Let the demo refresh token be used up like any other, instead of standing for a new sign-in each time.
    #[arg(long)]
    seed_once: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let settings = Settings {
        port: arguments.port,
        access_token_lifetime: arguments.token_life,
        refresh_token_lifetime: arguments.refresh_life,
        rotation: arguments.rotation,
        seed_starts_anew: !arguments.seed_once,
        token_form: arguments.token_form,
        expires_in: arguments.expires_in,
        ..Settings::default()
    };
    let sandbox = match Sandbox::start(settings).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!(
                "glowjar-sandbox: port {} on 127.0.0.1 could not be opened: {error}",
                arguments.port
            );
            return ExitCode::FAILURE;
        }
    };
    introduce(&sandbox, arguments.token_life);
    tokio::select! {
        () = tell_requests(&sandbox) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    sandbox.stop().await;
    println!("stopped");
    ExitCode::SUCCESS
}

fn introduce(sandbox: &Sandbox, life: Duration) {
    let url = sandbox.url();
    println!("Glowjar sandbox at {url} (access tokens live {})", humantime::format_duration(life));
    println!();
    println!("  client id       {CLIENT_ID}");
    println!("  client secret   {CLIENT_SECRET}");
    println!("  standby secret  {STANDBY_SECRET}");
    println!("  refresh token   {SEED_REFRESH_TOKEN}");
    println!("  web app         {WEB_CLIENT_ID}, secret {WEB_CLIENT_SECRET}");
    println!("  public client   {NATIVE_CLIENT_ID}, no secret");
    println!();
    println!("  token endpoint  {url}/ims/token/v3 (form), {url}/oauth/token (JSON)");
    println!("  script it       curl {url}/sandbox");
    println!();
}

async fn tell_requests(sandbox: &Sandbox) {
    let mut told = 0;
    loop {
        let requests = sandbox.wait_for(Route::Any, told + 1).await;
        for request in requests.iter().filter(|request| request.number > told) {
            println!("{} {request}", humantime::format_rfc3339_seconds(request.at));
        }
        told = requests.last().map_or(told, |request| request.number);
    }
}

/// A setting by its name in the control protocol, written with dashes or underscores.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.replace('-', "_").into()).map_err(|error| error.to_string())
}
