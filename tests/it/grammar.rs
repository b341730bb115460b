//! How the pages of the rules are read.

use anyhow::{Result, bail};

use crate::pages::{Kind, parse};

const PAGE: &str = r##"# exit-at-import (CL001)

Summary.

## What pytest does

```text
INTERNALERROR> SystemExit: 1
```

## Bad

```python title="tests/test_x.py" absent="playwright, torch.nn" exit=3 exception=SystemExit
import sys

sys.exit(1)  # error: [CL001]
```

```toml title="pyproject.toml"
[project]
```

```python exit=3
exit()  # error: [CL001]
```

```python title="test_example.py" fixed
pass
```

```python fixed=unsafe style="skipif"
pass
```

## Good

```python
print("# error: no marker")
```

## Fix

## When to ignore
"##;

#[test]
fn a_page_is_its_examples() -> Result<()> {
    let page = parse(PAGE)?;
    assert_eq!((page.name.as_str(), page.code.as_str()), ("exit-at-import", "CL001"));
    let [first, second, good] = page.examples.as_slice() else { bail!("{page:#?}") };
    assert_eq!(first.files.len(), 2);
    assert_eq!(first.files[0].text, "import sys\n\nsys.exit(1)\n");
    assert_eq!(first.findings[0].to_string(), "tests/test_x.py:3: error: [CL001]");
    assert_eq!(first.attributes.list("absent"), ["playwright", "torch.nn"]);
    assert_eq!(first.attributes.number("exit")?, Some(3));
    assert_eq!(second.repairs.len(), 2);
    assert!(second.repairs[1].is_unsafe);
    assert_eq!(good.title(&page), "CL001 exit-at-import good on line 37");
    assert_eq!(good.kind, Kind::Good);
    Ok(())
}

#[test]
fn mistakes_are_told() {
    let mistakes = [
        ("(CL001)", "CL001", "first line"),
        ("exit=3 exception", "exit exception", "not a number"),
        ("exit=3 exception", "exits=3 exception", "no attribute `exits`"),
        ("## Good", "## Nice", "stands where"),
        ("  # error: [CL001]\n```\n\n```toml", "\n```\n\n```toml", "marks what is found"),
    ];
    for (old, new, message) in mistakes {
        let result = parse(&PAGE.replacen(old, new, 1));
        let error = format!("{:#}", result.expect_err(new));
        assert!(error.contains(message), "{error}");
    }
}
