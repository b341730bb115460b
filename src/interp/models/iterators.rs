//! Iterators: `range`, `map`, `zip` and `itertools`; what takes their items: `next`, `any`, `sum`, `max`, …

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::PythonVersion;
use crate::interp::{Cause, Instance, Namespace, Object, Payload, Stop, Truth};

pub(super) const MODELS: Models = &[
    ("builtins.range", range),
    ("builtins.enumerate", enumerate),
    ("builtins.zip", zip),
    ("builtins.map", map),
    ("builtins.filter", filter),
    ("builtins.reversed", reversed),
    ("builtins.iter", iter),
    ("builtins.next", next),
    ("builtins.any", any),
    ("builtins.all", all),
    ("builtins.sum", sum),
    ("builtins.min", min),
    ("builtins.max", max),
    ("functools.reduce", reduce),
    ("itertools.product", product),
    ("itertools.chain", chain),
    ("itertools.chain.from_iterable", chain_from),
    ("itertools.combinations", combinations),
    ("itertools.permutations", permutations),
    ("itertools.count", unknown_iterator),
    ("itertools.cycle", unknown_iterator),
    ("itertools.repeat", repeat),
];

/// Longer results are not built.
const LONGEST: usize = 100_000;

fn iterator(interp: &mut Interp<'_>, kind: &str, items: Option<Vec<Value>>) -> Value {
    interp.new_instance(Value::builtin(kind), Payload::Iterator(items))
}

fn range(interp: &mut Interp<'_>, args: Args) -> Eval {
    let numbers: Option<Vec<i64>> = args
        .positional
        .iter()
        .map(|value| match value {
            Value::Int(number) => Some(*number),
            Value::Bool(number) => Some(i64::from(*number)),
            _ => None,
        })
        .collect();
    if let Some(wrong) =
        args.positional.iter().find(|value| matches!(value, Value::None | Value::Str(_) | Value::Float(_)))
    {
        let kind = interp.type_name(wrong);
        return interp.type_error(format!("'{kind}' object cannot be interpreted as an integer"));
    }
    let (start, stop, step) = match numbers.as_deref() {
        Some([stop]) => (0, *stop, 1),
        Some([start, stop]) => (*start, *stop, 1),
        Some([_, _, 0]) => {
            return interp.raise("ValueError", "range() arg 3 must not be zero", Cause::Python);
        }
        Some([start, stop, step]) => (*start, *stop, *step),
        _ => return Ok(Value::Unknown),
    };
    Ok(interp.new_instance(Value::builtin("range"), Payload::Range(start, stop, step)))
}

fn enumerate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let start = match args.get(1, "start") {
        None => Some(0),
        Some(Value::Int(start)) => Some(*start),
        Some(_) => None,
    };
    let items = interp.iterate(&source)?.zip(start).map(|(items, start)| {
        items.into_iter().zip(start..).map(|(item, index)| Value::tuple([Value::Int(index), item])).collect()
    });
    Ok(iterator(interp, "enumerate", items))
}

/// Lists of several iterables; `None` where one is not known or the result would be very long.
fn columns(interp: &mut Interp<'_>, args: &Args) -> Eval<Option<Vec<Vec<Value>>>> {
    let mut columns = Vec::new();
    for source in &args.positional {
        match interp.iterate(source)? {
            Some(items) => columns.push(items),
            None => return Ok(None),
        }
    }
    Ok(Some(columns).filter(|_| !args.open))
}

fn product(interp: &mut Interp<'_>, args: Args) -> Eval {
    let columns = columns(interp, &args)?;
    let repeat = match args.keyword("repeat") {
        None => Some(1),
        Some(Value::Int(count)) => usize::try_from(*count).ok(),
        Some(_) => None,
    };
    let items = columns.zip(repeat).and_then(|(columns, repeat)| {
        let columns = vec![columns; repeat.min(64)].concat();
        let count = columns.iter().try_fold(1_usize, |count, column| count.checked_mul(column.len()))?;
        if count > LONGEST {
            return None;
        }
        let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
        for column in &columns {
            rows = rows
                .iter()
                .flat_map(|row| {
                    column.iter().map(move |item| {
                        let mut row = row.clone();
                        row.push(item.clone());
                        row
                    })
                })
                .collect();
        }
        Some(rows.into_iter().map(Value::tuple).collect())
    });
    Ok(iterator(interp, "product", items))
}

fn chain(interp: &mut Interp<'_>, args: Args) -> Eval {
    let items = columns(interp, &args)?.map(|columns| columns.concat());
    Ok(iterator(interp, "chain", items))
}

fn chain_from(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.only().cloned() else { return Ok(Value::Unknown) };
    match interp.iterate(&source)? {
        Some(parts) => chain(interp, Args::of(parts)),
        None => Ok(iterator(interp, "chain", None)),
    }
}

fn chosen(items: &[Value], count: usize, ordered: bool) -> Option<Vec<Value>> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..count {
        let mut next = Vec::new();
        for row in &rows {
            for place in 0..items.len() {
                let fits =
                    if ordered { !row.contains(&place) } else { row.last().is_none_or(|&last| place > last) };
                if fits {
                    let mut row = row.clone();
                    row.push(place);
                    next.push(row);
                }
            }
            if next.len() > LONGEST {
                return None;
            }
        }
        rows = next;
    }
    Some(
        rows.into_iter().map(|row| Value::tuple(row.into_iter().map(|place| items[place].clone()))).collect(),
    )
}

fn choose(interp: &mut Interp<'_>, args: &Args, ordered: bool) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let items = interp.iterate(&source)?;
    let count = match args.get(1, "r") {
        Some(Value::Int(count)) => usize::try_from(*count).ok(),
        None => items.as_ref().map(Vec::len),
        Some(_) => None,
    };
    let rows = items.zip(count).and_then(|(items, count)| chosen(&items, count, ordered));
    Ok(iterator(interp, "combinations", rows))
}

fn combinations(interp: &mut Interp<'_>, args: Args) -> Eval {
    choose(interp, &args, false)
}

fn permutations(interp: &mut Interp<'_>, args: Args) -> Eval {
    choose(interp, &args, true)
}

fn unknown_iterator(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(iterator(interp, "iterator", None))
}

fn repeat(interp: &mut Interp<'_>, args: Args) -> Eval {
    let items = match args.positional.as_slice() {
        [value, Value::Int(count)] => usize::try_from(*count)
            .ok()
            .filter(|&count| count <= LONGEST)
            .map(|count| vec![value.clone(); count]),
        _ => None,
    };
    Ok(iterator(interp, "repeat", items))
}

fn zip(interp: &mut Interp<'_>, args: Args) -> Eval {
    let strict = match args.keyword("strict") {
        Some(_) if interp.environment.python < PythonVersion::new(3, 10) => {
            return interp.type_error("zip() takes no keyword arguments");
        }
        Some(strict) => interp.plain_truth(strict),
        None => Truth::No,
    };
    let mut columns = Vec::new();
    for source in &args.positional {
        columns.push(interp.iterate(source)?);
    }
    let columns: Option<Vec<Vec<Value>>> = columns.into_iter().collect();
    let equal = |columns: &[Vec<Value>]| columns.windows(2).all(|pair| pair[0].len() == pair[1].len());
    let known = |columns: &Vec<Vec<Value>>| !args.open && (strict == Truth::No || equal(columns));
    let items = columns.filter(known).map(|columns| {
        let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
        (0..rows).map(|row| Value::tuple(columns.iter().map(|column| column[row].clone()))).collect()
    });
    Ok(iterator(interp, "zip", items))
}

/// `map` and `filter` call their function only when an item is taken.
fn lazy(interp: &mut Interp<'_>, kind: &str, args: &Args) -> Eval {
    let [function, source] = args.positional.as_slice() else {
        return Ok(iterator(interp, kind, None));
    };
    if args.open {
        return Ok(iterator(interp, kind, None));
    }
    if interp.refuses_iteration(source)? {
        return interp.not_iterable(source);
    }
    let mut attributes = Namespace::default();
    attributes.bind("function", function.clone());
    attributes.bind("source", source.clone());
    let instance = Instance { class: Value::builtin(kind), attributes, payload: Payload::Nothing };
    Ok(Value::Object(interp.heap.add(Object::Instance(instance))))
}

fn map(interp: &mut Interp<'_>, args: Args) -> Eval {
    lazy(interp, "map", &args)
}

fn filter(interp: &mut Interp<'_>, args: Args) -> Eval {
    lazy(interp, "filter", &args)
}

impl Interp<'_> {
    /// Whether a value is a `map` or `filter` that has not begun.
    pub(in crate::interp) fn is_lazy_iterator(&self, value: &Value) -> bool {
        matches!(
            self.object(value),
            Some(Object::Instance(Instance { class, payload: Payload::Nothing, .. }))
                if class.is_extern("builtins.map") || class.is_extern("builtins.filter")
        )
    }

    /// The items of a `map` or `filter` that has not begun; the outer `None` for everything else.
    pub(in crate::interp) fn run_lazy_iterator(&mut self, value: &Value) -> Eval<Option<Option<Vec<Value>>>> {
        let Some(Object::Instance(Instance { class, attributes, payload: Payload::Nothing })) =
            self.object(value)
        else {
            return Ok(None);
        };
        let is_map = class.is_extern("builtins.map");
        if !is_map && !class.is_extern("builtins.filter") {
            return Ok(None);
        }
        let (Some(function), Some(source)) =
            (attributes.value("function").cloned(), attributes.value("source").cloned())
        else {
            return Ok(Some(None));
        };
        if let Some(id) = value.as_id()
            && let Object::Instance(instance) = self.heap.change(id)
        {
            instance.payload = Payload::Iterator(Some(Vec::new()));
        }
        let Some(items) = self.iterate(&source)? else { return Ok(Some(None)) };
        let mut taken = Vec::with_capacity(items.len());
        for item in items {
            if is_map {
                taken.push(self.call(&function, Args::of([item]))?);
                continue;
            }
            let kept = match function {
                Value::None => self.truth(&item)?,
                _ => {
                    let result = self.call(&function, Args::of([item.clone()]))?;
                    self.truth(&result)?
                }
            };
            match kept {
                Truth::Yes => taken.push(item),
                Truth::No => {}
                Truth::Maybe => return Ok(Some(None)),
            }
        }
        Ok(Some(Some(taken)))
    }
}

fn reversed(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.only().cloned() else { return Ok(Value::Unknown) };
    if let Some(result) = interp.call_special(&source, "__reversed__", [])? {
        return Ok(result);
    }
    let refused = match interp.object(&source) {
        Some(Object::Set(_) | Object::Generator(_)) => true,
        Some(_) => false,
        None => interp.refuses_iteration(&source)?,
    };
    if refused {
        let kind = interp.type_name(&source);
        return interp.type_error(format!("'{kind}' object is not reversible"));
    }
    let items = interp.iterate(&source)?.map(|mut items| {
        items.reverse();
        items
    });
    Ok(iterator(interp, "reversed", items))
}

fn iter(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.only().cloned() else { return Ok(iterator(interp, "iterator", None)) };
    if matches!(
        interp.object(&source),
        Some(Object::Generator(_) | Object::Instance(Instance { payload: Payload::Iterator(_), .. }))
    ) {
        return Ok(source);
    }
    if let Some(made) = interp.call_special(&source, "__iter__", [])? {
        return Ok(made);
    }
    let items = interp.iterate(&source)?;
    Ok(iterator(interp, "iterator", items))
}

/// What `next` takes: `Ok(None)` at the end.
fn take(interp: &mut Interp<'_>, source: &Value) -> Eval<Option<Value>> {
    if let Some(items) = interp.run_lazy_iterator(source)?
        && let Some(id) = source.as_id()
        && let Object::Instance(instance) = interp.heap.change(id)
    {
        instance.payload = Payload::Iterator(items);
    }
    match interp.object(source) {
        Some(Object::Generator(_)) => {
            let Some(id) = source.as_id() else { return Ok(Some(Value::Unknown)) };
            interp.first_of_generator(id)
        }
        Some(Object::Instance(Instance { payload: Payload::Iterator(Some(items)), .. })) => {
            let Some((first, rest)) = items.split_first() else { return Ok(None) };
            let (first, rest) = (first.clone(), rest.to_vec());
            if let Some(id) = source.as_id()
                && let Object::Instance(instance) = interp.heap.change(id)
            {
                instance.payload = Payload::Iterator(Some(rest));
            }
            Ok(Some(first))
        }
        Some(Object::Instance(Instance { payload: Payload::Iterator(None), .. })) => {
            interp.may_raise_anything();
            Ok(Some(Value::Unknown))
        }
        Some(Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Function(_)) | None
            if interp.is_builtin_value(source) =>
        {
            let kind = interp.type_name(source);
            interp.type_error(format!("'{kind}' object is not an iterator"))
        }
        _ => match interp.call_special(source, "__next__", [])? {
            Some(item) => Ok(Some(item)),
            None => {
                interp.may_raise_anything();
                Ok(Some(Value::Unknown))
            }
        },
    }
}

fn next(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let default = args.positional.get(1).cloned();
    match (take(interp, &source), default) {
        (Ok(Some(item)), None) => Ok(item),
        (Ok(Some(item)), Some(default)) => Ok(if item.is_unknown() { item.join(&default) } else { item }),
        (Ok(None), Some(default)) => Ok(default),
        (Ok(None), None) => interp.raise("StopIteration", "", Cause::Python),
        (Err(Stop::Raise(raised)), Some(default))
            if interp.derives(&raised.class, "builtins.StopIteration") == Truth::Yes =>
        {
            Ok(default)
        }
        (Err(stop), _) => Err(stop),
    }
}

/// `any` and `all`: they end at the first item that decides.
fn decide(interp: &mut Interp<'_>, args: &Args, until: bool) -> Eval {
    let Some(source) = args.only().cloned() else { return Ok(Value::Unknown) };
    let generator = source.as_id().filter(|&id| matches!(interp.heap.get(id), Object::Generator(_)));
    let items = match generator {
        Some(id) => {
            let collected = interp.collect_generator(id, Some(until))?;
            if let Some(stop) = collected.stop {
                return Err(stop);
            }
            collected.items
        }
        None => interp.iterate(&source)?,
    };
    let Some(items) = items else { return Ok(Value::Unknown) };
    let mut decided = Truth::from(!until);
    for item in items {
        let truth = interp.truth(&item)?;
        if truth == Truth::from(until) && decided == Truth::from(!until) {
            return Ok(Value::Bool(until));
        }
        if truth == Truth::Maybe {
            decided = Truth::Maybe;
        }
    }
    Ok(decided.known().map_or(Value::Unknown, Value::Bool))
}

fn any(interp: &mut Interp<'_>, args: Args) -> Eval {
    decide(interp, &args, true)
}

fn all(interp: &mut Interp<'_>, args: Args) -> Eval {
    decide(interp, &args, false)
}

fn sum(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(items) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let Some(items) = interp.iterate(&items)? else { return Ok(Value::Unknown) };
    let mut total = args.get(1, "start").cloned().unwrap_or(Value::Int(0));
    if matches!(total, Value::Str(_)) {
        return interp.type_error("sum() can't sum strings [use ''.join(seq) instead]");
    }
    for item in items {
        total = interp.add(&total, &item)?;
    }
    Ok(total)
}

fn reduce(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [function, source, start @ ..] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let (function, source, start) = (function.clone(), source.clone(), start.first().cloned());
    let Some(items) = interp.iterate(&source)? else { return Ok(Value::Unknown) };
    let mut items = items.into_iter();
    let Some(mut result) = start.or_else(|| items.next()) else {
        return interp.type_error("reduce() of empty iterable with no initial value");
    };
    for item in items {
        result = interp.call(&function, Args::of([result, item]))?;
    }
    Ok(result)
}

fn min(interp: &mut Interp<'_>, args: Args) -> Eval {
    extreme(interp, &args, "min")
}

fn max(interp: &mut Interp<'_>, args: Args) -> Eval {
    extreme(interp, &args, "max")
}

fn extreme(interp: &mut Interp<'_>, args: &Args, which: &str) -> Eval {
    if args.open {
        return Ok(Value::Unknown);
    }
    let items = match args.positional.as_slice() {
        [only] => match interp.iterate(only)? {
            Some(items) => items,
            None => {
                interp.may_raise_anything();
                return Ok(Value::Unknown);
            }
        },
        several => several.to_vec(),
    };
    let mut items = items.into_iter();
    let Some(mut best) = items.next() else {
        if let Some(default) = args.keyword("default") {
            return Ok(default.clone());
        }
        let message = if interp.environment.python >= PythonVersion::new(3, 12) {
            format!("{which}() iterable argument is empty")
        } else {
            format!("{which}() arg is an empty sequence")
        };
        return interp.raise("ValueError", message, Cause::Python);
    };
    let key = args.keyword("key").filter(|key| !matches!(key, Value::None)).cloned();
    let measure = |interp: &mut Interp<'_>, item: &Value| match &key {
        Some(key) => interp.call(key, Args::of([item.clone()])),
        None => Ok(item.clone()),
    };
    let mut of_best = measure(interp, &best)?;
    for item in items {
        let of_item = measure(interp, &item)?;
        let better = match which {
            "min" => interp.is_less(&of_item, &of_best)?,
            _ => interp.is_less(&of_best, &of_item)?,
        };
        match better {
            Some(true) => (best, of_best) = (item, of_item),
            Some(false) => {}
            None => return Ok(Value::Unknown),
        }
    }
    Ok(best)
}
