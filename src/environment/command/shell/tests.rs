//! Scripts of workflows.

use super::*;

fn show(script: &str, shell: Shell) -> Vec<String> {
    let variables = Variables::from([("EXTRA".to_owned(), Some("test".to_owned()))]);
    commands(script, shell, &variables)
        .into_iter()
        .map(|command| {
            let mut text = format!("{}:", command.line);
            for (name, value) in command.assignments {
                text += &[" ", &name, "=", &value].concat();
            }
            for word in command.words {
                text += &[" <", &word.replace(UNKNOWN, "?"), ">"].concat();
            }
            if let Some(output) = command.output {
                text += &[" > ", &output.replace(UNKNOWN, "?")].concat();
            }
            text + if command.certain { "" } else { " maybe" }
        })
        .collect()
}

#[test]
fn words_quotes_and_variables() {
    let script = "pip install -e \".[$EXTRA,docs]\" 'a b' c\\ d # note\nX=1 Y=\"2\" pytest $UNSET ${EXTRA:-x} ${Z:-z} $(date)\n";
    assert_eq!(
        show(script, Shell::Posix),
        ["0: <pip> <install> <-e> <.[test,docs]> <a b> <c d>", "1: X=1 Y=2 <pytest> <?> <test> <z> <?>"]
    );
}

#[test]
fn lines_operators_and_conditions() {
    let script =
        "a \\\n  b && c || d; e | f 2>&1\nif [ -f x ]; then\n  g\nfi\nfor p in 1 2; do h $p; done\n(i)\n";
    assert_eq!(
        show(script, Shell::Posix),
        [
            "0: <a> <b>",
            "1: <c>",
            "1: <d> maybe",
            "1: <e>",
            "1: <f> > 1",
            "2: <[> <-f> <x> <]> maybe",
            "3: <g> maybe",
            "5: <h> <?> maybe",
            "6: <i>",
        ]
    );
}

#[test]
fn variables_and_here_documents_are_followed() {
    let script = "A=1\nexport B=$A\necho \"K=$B\" >> \"$GITHUB_ENV\"\ncat <<EOF > x\npip install nothing\nEOF\nrun ${A}\n";
    assert_eq!(
        show(script, Shell::Posix),
        ["1: <export> <B=1>", "2: <echo> <K=1> > ?", "3: <cat> > x", "6: <run> <1>"]
    );
}

#[test]
fn other_shells_continue_lines_in_their_way() {
    assert_eq!(show("a `\n  b $env:EXTRA\n", Shell::PowerShell), ["0: <a> <b> <test>"]);
    assert_eq!(show("a ^\n  b %EXTRA%\n", Shell::Cmd), ["0: <a> <b> <test>"]);
}

#[test]
fn nothing_makes_it_hang() {
    for script in [
        "\"", "'", "$(", "${", "<<", ">", "&", "|&", "))((", "\\", "a <<E\nb", "$", "`", "2>&", "&>x",
        ";;\n)", "<>",
    ] {
        for shell in [Shell::Posix, Shell::PowerShell, Shell::Cmd] {
            let _ = commands(script, shell, &Variables::new());
        }
    }
}
