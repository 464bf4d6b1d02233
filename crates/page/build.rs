//! Fetches the browser library named by `package-lock.json` and packs every asset for embedding.
//!
//! npm runs only when the lock has changed since the last build, into the build's own folder.
//! Each asset is written beside its brotli form, so that serving one costs no compression.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const PACK: &str = "
const fs = require('fs'), zlib = require('zlib');
for (let i = 1; i < process.argv.length; i += 2) {
  const bytes = fs.readFileSync(process.argv[i]), out = process.argv[i + 1];
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  fs.writeFileSync(out, bytes);
  fs.writeFileSync(out + '.br', zlib.brotliCompressSync(bytes, { params }));
}";

fn main() {
    for watched in ["package.json", "package-lock.json", "assets", "build.rs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let home = folder("CARGO_MANIFEST_DIR");
    let out = folder("OUT_DIR");
    let modules = fetch_modules(&home, &out.join("npm"));
    let files = [
        (home.join("assets/style.css"), "style.css"),
        (home.join("assets/app.js"), "app.js"),
        (home.join("assets/icons.svg"), "icons.svg"),
        (modules.join("htmx.org/dist/htmx.min.js"), "htmx.js"),
    ];
    let mut pack = Command::new("node");
    pack.args(["-e", PACK]);
    for (source, name) in &files {
        pack.arg(source).arg(out.join(name));
    }
    run(&mut pack);
}

fn folder(variable: &str) -> PathBuf {
    PathBuf::from(env::var_os(variable).expect("cargo sets its variables for build scripts"))
}

/// The folder of installed packages, installed now unless the same lock was installed before.
fn fetch_modules(home: &Path, place: &Path) -> PathBuf {
    let lock = fs::read(home.join("package-lock.json")).expect("package-lock.json is committed");
    let stamp = place.join("installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return place.join("node_modules");
    }
    fs::create_dir_all(place).expect("the build folder can be written");
    for name in ["package.json", "package-lock.json"] {
        fs::copy(home.join(name), place.join(name)).expect("the build folder can be written");
    }
    let mut install = Command::new("npm");
    install
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(place);
    run(&mut install);
    fs::write(&stamp, &lock).expect("the build folder can be written");
    place.join("node_modules")
}

fn run(command: &mut Command) {
    let shown = format!("{command:?}").chars().take(200).collect::<String>();
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => panic!(
            "\n\nCannot start {}: {error}.\n\
             The pages embed one browser library, fetched by npm while building. Install Node.js 20 or\n\
             newer, which brings npm (Debian and Ubuntu: `apt install nodejs npm`; macOS: `brew install node`;\n\
             others: https://nodejs.org), see that `node --version` and `npm --version` answer, and build again.\n",
            command.get_program().display()
        ),
    };
    assert!(
        output.status.success(),
        "\n\n{shown} failed:\n{}{}\nIf the package registry cannot be reached, check the network or npm's `registry` setting.\n",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
