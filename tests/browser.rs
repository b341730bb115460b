//! The page that `collectlint matrix --html` writes, as a browser shows it. Needs Chromium (Debian's package
//! `chromium`): `cargo test --test browser -- --ignored`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The document after its scripts have run, in headless Chromium.
fn shown(page: &Path) -> Result<String> {
    let profile = tempfile::tempdir()?;
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .context("this test needs chromium")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[test]
#[ignore = "needs Chromium"]
fn the_page_has_the_grid_and_a_click_shows_the_trace() -> Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/projects/extras-matrix");
    let folder = tempfile::tempdir()?;
    let page = folder.path().join("matrix.html");
    let output = Command::new(env!("CARGO_BIN_EXE_collectlint"))
        .args(["matrix", "--quiet", "--html"])
        .arg(&page)
        .current_dir(project)
        .env_clear()
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let before = shown(&page)?;
    assert_eq!(before.matches("<th scope=\"col\" class=\"cell\"").count(), 21);
    assert!(before.contains("<th scope=\"row\">tests/test_locking.py"));
    let hidden = before.matches("hidden=\"\"").count();
    assert_eq!(hidden, before.matches("<section id=\"cause-").count(), "no trace is shown yet");

    let click = "<script>document.querySelector('button[title*=fcntl]').click()</script></body>";
    fs::write(&page, fs::read_to_string(&page)?.replace("</body>", click))?;
    let after = shown(&page)?;
    let section = after.split("<section id=\"cause-").find(|section| section.contains("import fcntl"));
    let section = section.context("no trace of fcntl")?;
    assert!(!section.split('>').next().unwrap_or_default().contains("hidden"), "{section}");
    assert!(section.contains("<span class=\"at\">tests/test_locking.py:1</span>"), "{section}");
    assert!(after.contains("<p id=\"hint\" hidden=\"\">"));
    assert_eq!(after.matches(" aria-pressed=\"true\"").count(), 1);
    assert_eq!(after.matches("<section id=\"cause-").count(), after.matches("hidden=\"\"").count());
    Ok(())
}
