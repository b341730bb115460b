//! Changes as unified diffs.

use similar::TextDiff;

use super::Change;

/// The diff of one file, under the name that people know it by; a file that is created is compared with
/// `/dev/null`, as git does.
pub fn unified(change: &Change, name: &str) -> String {
    let before = change.before.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let after = String::from_utf8_lossy(&change.after);
    let old_name = if change.before.is_some() { name } else { "/dev/null" };
    if before == after {
        // An empty file that is created has no lines to show.
        return format!("--- {old_name}\n+++ {name}\n");
    }
    TextDiff::from_lines(before.as_ref(), after.as_ref()).unified_diff().header(old_name, name).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;

    fn change(before: Option<&str>, after: &str) -> Change {
        Change {
            path: PathBuf::from("/p/a.py"),
            before: before.map(|text| Arc::from(text.as_bytes())),
            after: Arc::from(after.as_bytes()),
        }
    }

    #[test]
    fn a_diff_is_one_that_patch_takes() {
        let diff = unified(&change(Some("one\ntwo\nthree"), "one\n2\nthree"), "a.py");
        insta::assert_snapshot!(diff, @r"
        --- a.py
        +++ a.py
        @@ -1,3 +1,3 @@
         one
        -two
        +2
         three
        \ No newline at end of file
        ");
    }

    #[test]
    fn a_created_file_is_compared_with_nothing() {
        assert_eq!(unified(&change(None, ""), "a.py"), "--- /dev/null\n+++ a.py\n");
        assert_eq!(unified(&change(None, "x\n"), "a.py"), "--- /dev/null\n+++ a.py\n@@ -0,0 +1 @@\n+x\n");
    }
}
