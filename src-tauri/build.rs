use tauri_build::{AppManifest, Attributes};

fn main() {
    let only_command = AppManifest::new().commands(&["ask"]);
    tauri_build::try_build(Attributes::new().app_manifest(only_command))
        .expect("the Tauri configuration is sound");
}
